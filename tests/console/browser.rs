//! A real browser uses the console as people do.

use super::{bed::Client, start};

#[test]
fn people_use_it() {
    let Some(client) = Client::find() else { return };
    let gateway = start();
    client.console(&format!("http://{}", gateway.address), "mockuser", "mockpassword");
}
