//! What the operator says of the clouds that live in the gateway itself.

use std::{path::PathBuf, time::Duration};

use super::{layers::Settings, limits::seconds, problem::Problems};
use crate::drivers::Embedded;

pub(super) fn mock(settings: Settings<'_>, problems: &mut Problems) -> Option<Embedded> {
    let Settings { arguments, environment, source, file } = settings;
    let default = Embedded::default();
    let written = file.mock.transition.as_ref();
    let transition =
        settings.number(("--mock-delay", arguments.mock_delay), "API_MOCK_DELAY", written, problems);
    let transition = match transition {
        Some(time) if time.value == 0.0 => Duration::ZERO,
        Some(time) => problems.keep(&time.place, seconds(time.value))?,
        None => default.transition,
    };
    let inherited = || environment("DELTACLOUD_MOCK_STORAGE").map(PathBuf::from);
    let in_file = || file.mock.state.as_ref().map(|path| source.resolve(path.get_ref()));
    let state = arguments.mock_state.clone().or_else(inherited).or_else(in_file);
    Some(Embedded { transition, state })
}
