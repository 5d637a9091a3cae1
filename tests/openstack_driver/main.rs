//! The OpenStack driver against what a real OpenStack answered: which calls it makes, and what it reads in the answers.

#[path = "../bed/memory.rs"]
mod memory;

mod failures;
mod harness;
mod recordings;
mod script;
