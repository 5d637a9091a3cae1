//! CIMI, the DMTF's Cloud Infrastructure Management Interface (DSP0263).

pub mod query;
