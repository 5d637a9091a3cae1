//! Grammar that front ends and drivers share: bytes in, meaning out, without I/O and without a clock.

pub mod form;
pub mod sign;
