//! What the running gateway costs: beside its own relay and nginx, in latency, in memory. `benches/README.md` says how.

#[path = "../tests/bed/mod.rs"]
#[allow(unused_imports, reason = "the clients are not used here")]
mod bed;
mod load;
#[path = "../tests/ovirt_engine/mod.rs"]
mod ovirt_engine;

use std::{
    env, fs, io,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use bed::{
    Gateway, Ovirt,
    http::{Connection, basic},
    ovirt::{Mode, Options},
};
use load::Measured;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// The call that `DescribeInstances` makes to a modern engine: what a relay is asked for is the same bytes.
const FOLLOW: &str = "/ovirt-engine/api/vms?follow=nics,disk_attachments.disk,reported_devices";
/// One worker, and no access log, as nginx has none.
const ONE_WORKER: &str = "threads = 1\nlog.level = \"info,deltagate::access=off\"\n";
/// Rounds of each measurement; the best of them is told, because other work on the machine only ever adds.
const ROUNDS: usize = 3;

fn main() -> io::Result<()> {
    let wanted: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let runs = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    if runs("proxy") {
        for vms in [1, 100] {
            proxy(&runtime, vms)?;
        }
    }
    if runs("deltacloud") {
        deltacloud(&runtime)?;
    }
    if runs("latency") {
        latency(&runtime)?;
    }
    if runs("memory") {
        memory()?;
    }
    Ok(())
}

/// An engine that answers as fast as it can, its machines all at rest.
fn engine(vms: u32) -> Ovirt {
    Ovirt::with(Options { mode: Mode::V4_4, vms, speed: 1_000.0, ..Options::default() })
}

fn before(engine: &Ovirt) -> Gateway {
    Gateway::before_ovirt_with(ONE_WORKER, &engine.base_url(), "relay = true")
}

fn get(target: &str) -> String {
    let authorization = basic("admin@internal", "secret");
    format!(
        "GET {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {authorization}\r\nPrefer: persistent-auth\r\n\r\n"
    )
}

/// The query that finds just the numbered machines.
fn numbered(vms: u32) -> (String, String) {
    let names = if vms == 1 { "vm-000001" } else { "vm-*" };
    let filter = format!("Filter.1.Name=tag:Name&Filter.1.Value.1={names}");
    (format!("{FOLLOW}&search=name%3D{names}"), format!("/ec2?Action=DescribeInstances&{filter}"))
}

/// The four instances of the mock cloud, as each front end writes them; no back end is asked.
fn deltacloud(runtime: &Runtime) -> io::Result<()> {
    const CONNECTIONS: usize = 16;
    const REQUESTS: usize = 40_000;
    let gateway = Gateway::start(ONE_WORKER);
    let authorization = basic("mockuser", "mockpassword");
    let request = |target: &str, accept: &str| {
        format!(
            "GET {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {authorization}\r\nAccept: {accept}\r\n\r\n"
        )
    };
    println!("\nmock, 4 instances, one worker, {CONNECTIONS} connections, best of {ROUNDS}:");
    println!("{:16} {:>9} {:>9} {:>9} {:>9} {:>8}", "", "req/s", "CPU/req", "p50", "p99", "bytes");
    for (name, target, accept) in [
        ("deltacloud XML", "/api/instances", "application/xml"),
        ("deltacloud JSON", "/api/instances", "application/json"),
        ("deltacloud HTML", "/api/instances", "text/html"),
        ("ec2", "/ec2?Action=DescribeInstances", "*/*"),
    ] {
        let (request, mut best) = (request(target, accept), None::<Measured>);
        for round in 0..=ROUNDS {
            let count = if round == 0 { REQUESTS / 10 } else { REQUESTS };
            let load = load::run(&gateway.address, &request, CONNECTIONS, count, gateway.pid());
            let measured = runtime.block_on(load)?;
            if round > 0 && best.is_none_or(|best| measured.cpu < best.cpu) {
                best = Some(measured);
            }
        }
        if let Some(m) = best {
            let (rate, cpu) = (m.requests_per_second, micros(m.cpu));
            let (p50, p99) = (micros(m.p50), micros(m.p99));
            println!("{name:16} {rate:9.0} {cpu:6.1} us {p50:6.0} us {p99:6.0} us {:8}", m.bytes);
        }
    }
    Ok(())
}

fn proxy(runtime: &Runtime, vms: u32) -> io::Result<()> {
    let engine = engine(vms);
    let gateway = before(&engine);
    let (relayed, translated) = numbered(vms);
    let nginx = Nginx::before(&engine.address().to_string())?;
    let (connections, requests) = if vms == 1 { (32, 20_000) } else { (32, 2_000) };
    let mut rows: Vec<(&str, String, &str, u32, Option<Measured>)> = vec![
        ("translate", gateway.address.clone(), &translated, gateway.pid(), None),
        ("relay", gateway.address.clone(), &relayed, gateway.pid(), None),
    ];
    if let Some(nginx) = &nginx {
        rows.push(("nginx", nginx.address.clone(), &relayed, nginx.worker()?, None));
    }
    for round in 0..=ROUNDS {
        for (_, address, target, pid, best) in &mut rows {
            let count = if round == 0 { requests / 10 } else { requests };
            let measured = runtime.block_on(load::run(address, &get(target), connections, count, *pid))?;
            let better = best.is_none_or(|best| measured.cpu < best.cpu);
            if round > 0 && better {
                *best = Some(measured);
            }
        }
    }
    println!("\nproxy, {vms} VM, one worker, {connections} connections, best of {ROUNDS}:");
    println!("{:10} {:>9} {:>9} {:>9} {:>9} {:>8}", "", "req/s", "CPU/req", "p50", "p99", "bytes");
    for (name, .., best) in &rows {
        if let Some(m) = best {
            let (rate, cpu) = (m.requests_per_second, micros(m.cpu));
            println!(
                "{name:10} {rate:9.0} {cpu:6.1} us {:6.0} us {:6.0} us {:8}",
                micros(m.p50),
                micros(m.p99),
                m.bytes
            );
        }
    }
    let cpu =
        |name: &str| rows.iter().find(|row| row.0 == name).and_then(|row| row.4).map(|best| micros(best.cpu));
    if let (Some(translate), Some(relay)) = (cpu("translate"), cpu("relay")) {
        println!("relay's CPU / translate's: {:.2} (aim at 1 VM: 1.0)", relay / translate);
    }
    if let (Some(translate), Some(nginx)) = (cpu("translate"), cpu("nginx")) {
        println!("nginx's CPU / translate's: {:.2} (aim at 1 VM: 0.6)", nginx / translate);
    }
    Ok(())
}

fn latency(runtime: &Runtime) -> io::Result<()> {
    let engine = engine(1);
    let gateway = before(&engine);
    let (direct, translated) = numbered(1);
    let own = engine.address().to_string();
    let mut best: [Option<Measured>; 2] = [None, None];
    for _ in 0..ROUNDS {
        let direct = runtime.block_on(load::run(&own, &get(&direct), 1, 3_000, gateway.pid()))?;
        let through =
            runtime.block_on(load::run(&gateway.address, &get(&translated), 1, 3_000, gateway.pid()))?;
        for (best, measured) in best.iter_mut().zip([direct, through]) {
            if best.is_none_or(|best| measured.p50 < best.p50) {
                *best = Some(measured);
            }
        }
    }
    if let [Some(direct), Some(through)] = best {
        println!("\nlatency, 1 VM, unloaded, best of {ROUNDS}:");
        println!("engine     p50 {:6.0} us  p99 {:6.0} us", micros(direct.p50), micros(direct.p99));
        println!("through us p50 {:6.0} us  p99 {:6.0} us", micros(through.p50), micros(through.p99));
        println!(
            "added      p50 {:6.0} us  p99 {:6.0} us",
            micros(through.p50) - micros(direct.p50),
            micros(through.p99) - micros(direct.p99)
        );
    }
    Ok(())
}

fn memory() -> io::Result<()> {
    const VMS: u32 = 100_000;
    let engine = engine(VMS);
    let gateway = before(&engine);
    let mut connection = Connection::open(&gateway.address)?;
    let authorization = basic("admin@internal", "secret");
    let headers = [("Authorization", authorization.as_str())];
    connection.send("GET", "/ec2?Action=DescribeAvailabilityZones", &headers, "")?;
    let before = load::resident(gateway.pid())?;
    let began = Instant::now();
    connection.send_raw(get("/ec2?Action=DescribeInstances").as_bytes())?;
    let (status, _) = connection.head()?;
    let first = began.elapsed();
    let (mut bytes, mut peak, mut items) = (0, before, 0);
    while let Some(chunk) = connection.chunk()? {
        bytes += chunk.len();
        items += chunk.windows(12).filter(|window| window == b"<instanceId>").count();
        peak = peak.max(load::resident(gateway.pid())?);
    }
    let took = began.elapsed();
    println!(
        "\nmemory, {VMS} VMs, status {status}: {items} instances, {:.1} MB in {:.2} s",
        mega(bytes),
        took.as_secs_f64()
    );
    println!("first byte after {:.1} ms", micros(first) / 1_000.0);
    println!(
        "resident: {before} KiB before, {peak} KiB at most: grew by {:.1} MiB (aim: under 16)",
        (peak - before) as f64 / 1024.0
    );
    Ok(())
}

/// nginx with one worker, relaying to `upstream` over kept connections.
struct Nginx {
    child: Child,
    address: String,
    _folder: TempDir,
}

impl Nginx {
    /// None where there is no nginx.
    fn before(upstream: &str) -> io::Result<Option<Self>> {
        let folder = TempDir::new()?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let root = folder.path().display();
        fs::write(
            folder.path().join("nginx.conf"),
            format!(
                "worker_processes 1; daemon off; pid {root}/pid; error_log {root}/error.log;\n\
                 events {{ worker_connections 512; }}\n\
                 http {{ access_log off; keepalive_requests 10000000;\n\
                 client_body_temp_path {root}/b; proxy_temp_path {root}/p; fastcgi_temp_path {root}/f;\n\
                 uwsgi_temp_path {root}/u; scgi_temp_path {root}/s; proxy_buffers 64 16k;\n\
                 upstream engine {{ server {upstream}; keepalive 64; keepalive_requests 10000000; }}\n\
                 server {{ listen {address}; location / {{ proxy_pass http://engine; proxy_http_version 1.1;\n\
                 proxy_set_header Connection \"\"; }} }} }}\n"
            ),
        )?;
        let conf = folder.path().join("nginx.conf");
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder.path()).arg("-c").arg(&conf).stderr(Stdio::null());
        let child = match command.spawn() {
            Ok(child) => child,
            Err(error) => {
                println!("nginx cannot be run ({error}): not compared with it");
                return Ok(None);
            }
        };
        let deadline = Instant::now() + Duration::from_secs(10);
        while Connection::open(&address).is_err() && Instant::now() < deadline {
            std::thread::yield_now();
        }
        Ok(Some(Nginx { child, address, _folder: folder }))
    }

    /// The process that relays: the master accepts connections before it has started it.
    fn worker(&self) -> io::Result<u32> {
        let master = self.child.id();
        let deadline = Instant::now() + Duration::from_secs(10);
        while Instant::now() < deadline {
            let children = fs::read_to_string(format!("/proc/{master}/task/{master}/children"))?;
            if let Some(worker) = children.split(' ').next().and_then(|pid| pid.parse().ok()) {
                return Ok(worker);
            }
            std::thread::yield_now();
        }
        Err(io::Error::other("nginx has no worker"))
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

fn mega(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}
