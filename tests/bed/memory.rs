//! A store in memory.

use std::{sync::OnceLock, thread, time::Duration};

use deltagate::store::Store;
use tokio::runtime::{Builder, Runtime};

/// Opened in a thread of its own, because that waits for it, on a runtime that stays, because its connections do.
pub fn store() -> Store {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let start = || Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let open = move || {
        let runtime = RUNTIME.get_or_init(start);
        runtime.block_on(Store::in_memory(Duration::from_secs(60))).unwrap()
    };
    thread::spawn(open).join().unwrap()
}
