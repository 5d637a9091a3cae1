//! x
/// x
#[derive(Debug)]
pub struct Signature;
