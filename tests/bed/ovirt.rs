//! An oVirt engine for a test that is not asynchronous itself.

use std::ops::Deref;

use tokio::runtime::{Builder, Runtime};

pub use crate::ovirt_engine::{Engine, Mode, Options};

/// How much faster than a real engine it is where nothing else is wanted: a start takes a tenth of a second.
const SPEED: f64 = 500.0;

/// A running engine; it ends with this value.
pub struct Ovirt {
    engine: Option<Engine>,
    runtime: Runtime,
}

impl Ovirt {
    /// An engine of this release, quick.
    pub fn start(mode: Mode) -> Self {
        Ovirt::with(Options { mode, speed: SPEED, ..Options::default() })
    }

    /// An engine as these options say.
    pub fn with(options: Options) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let engine = Some(runtime.block_on(Engine::start(options)));
        Ovirt { engine, runtime }
    }
}

impl Deref for Ovirt {
    type Target = Engine;

    fn deref(&self) -> &Engine {
        self.engine.as_ref().unwrap()
    }
}

impl Drop for Ovirt {
    fn drop(&mut self) {
        let _entered = self.runtime.enter();
        self.engine.take();
    }
}
