//! Base64 as clients send it.

use ::base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Base64 as it is found in the field: with padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What is written in base64; none when it is no base64. What is wrong with it is not told, as it often is of secrets.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(unwrapped(text)).ok()
}

/// Base64 as every client reads it.
pub(super) fn encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Base64 without its line breaks. A space was a `+` that the client forgot to escape in the URL: base64 has no
/// spaces of its own.
fn unwrapped(text: &str) -> String {
    let kept = text.trim().chars().filter(|character| !matches!(character, '\r' | '\n' | '\t'));
    kept.map(|character| if character == ' ' { '+' } else { character }).collect()
}
