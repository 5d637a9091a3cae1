//! A load of HTTP/1.1 requests on kept connections, and what it costs the process that answers.

use std::{
    fs, io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// What a load showed.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    pub requests_per_second: f64,
    pub p50: Duration,
    pub p99: Duration,
    /// CPU time of the answering process, for each request.
    pub cpu: Duration,
    /// Bytes of an answer's body.
    pub bytes: usize,
}

/// Sends `requests` requests over `connections` connections to `address`, and measures the process `pid`.
pub async fn run(
    address: &str,
    request: &str,
    connections: usize,
    requests: usize,
    pid: u32,
) -> io::Result<Measured> {
    let left = Arc::new(AtomicUsize::new(requests));
    let (cpu, began) = (cpu_time(pid)?, Instant::now());
    let tasks: Vec<_> = (0..connections)
        .map(|_| tokio::spawn(one_connection(address.to_owned(), request.to_owned(), Arc::clone(&left))))
        .collect();
    let (mut latencies, mut bytes) = (Vec::with_capacity(requests), 0);
    for task in tasks {
        let (some, length) = task.await.map_err(io::Error::other)??;
        latencies.extend(some);
        bytes = length.max(bytes);
    }
    let (took, cpu) = (began.elapsed(), cpu_time(pid)? - cpu);
    latencies.sort_unstable();
    let at = |part: f64| latencies[((latencies.len() - 1) as f64 * part) as usize];
    Ok(Measured {
        requests_per_second: latencies.len() as f64 / took.as_secs_f64(),
        p50: at(0.5),
        p99: at(0.99),
        cpu: cpu / u32::try_from(latencies.len()).unwrap_or(u32::MAX),
        bytes,
    })
}

async fn one_connection(
    address: String,
    request: String,
    left: Arc<AtomicUsize>,
) -> io::Result<(Vec<Duration>, usize)> {
    let stream = TcpStream::connect(&address).await?;
    stream.set_nodelay(true)?;
    let mut stream = BufReader::with_capacity(64 << 10, stream);
    let (mut latencies, mut bytes) = (Vec::new(), 0);
    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
        let sent = Instant::now();
        stream.get_mut().write_all(request.as_bytes()).await?;
        bytes = answer(&mut stream).await?;
        latencies.push(sent.elapsed());
    }
    Ok((latencies, bytes))
}

/// Reads one answer, which has to be a good one; the length of its body.
async fn answer(stream: &mut BufReader<TcpStream>) -> io::Result<usize> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    if !line.contains(" 200") {
        return Err(io::Error::other(format!("not a good answer: {line:?}")));
    }
    let mut length = None;
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse::<u64>().ok();
        }
    }
    match length {
        Some(length) => skip(stream, length).await,
        None => chunks(stream).await,
    }
}

async fn chunks(stream: &mut BufReader<TcpStream>) -> io::Result<usize> {
    let mut total = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let length = u64::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        total += skip(stream, length).await?;
        stream.read_line(&mut line).await?;
        if length == 0 {
            return Ok(total);
        }
    }
}

async fn skip(stream: &mut BufReader<TcpStream>, length: u64) -> io::Result<usize> {
    let copied = tokio::io::copy(&mut stream.take(length), &mut tokio::io::sink()).await?;
    if copied == length { Ok(copied as usize) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// CPU time that a process has used, its children's not counted.
pub fn cpu_time(pid: u32) -> io::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let ticks: u64 =
        after_name.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * 10))
}

/// Memory of a process that is resident, in KiB.
pub fn resident(pid: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse().ok())
        .ok_or_else(|| io::Error::other("no VmRSS"))
}
