//! User data on its way to the guest: by cloud-init in version 4, on a floppy before.
//!
//! The engine writes the `user_data` that cloud-init reads itself: `#cloud-config`, its own settings, and then the
//! custom script of the VM as it is. What a client wants has therefore to be put in terms of cloud-config.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::dialect::Version;
use crate::model::{Error, ErrorKind};

/// The most that engines take on a floppy, in bytes (`PayloadSize`).
const FLOPPY_CAP: usize = 8192;
/// The first line of a cloud-config.
const CLOUD_CONFIG: &str = "#cloud-config";
/// Where a script is written in the guest before it is run once.
const SCRIPT: &str = "/var/lib/cloud/deltagate-script";
/// Where what is neither configuration nor script is written in the guest.
const FILE: &str = "/var/lib/cloud/deltagate-user-data";
/// The name of the file on the floppy: the one that Deltacloud gave it, since guests look for it.
pub(super) const FLOPPY_FILE: &str = "deltacloud-user-data.txt";
/// What cloud-init understands and the engine cannot pass on.
static REFUSED: &[(&str, &str)] = &[
    ("#include", "an include file"),
    ("#cloud-boothook", "a boot hook"),
    ("#part-handler", "a part handler"),
    ("#upstart-job", "an upstart job"),
    ("## template:", "a template"),
    ("\u{1f}\u{8b}", "compressed data"),
];

/// How user data is put on a floppy.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Floppy {
    /// 3.0: a custom property, which a hook on the hosts turns into a floppy. It takes base64.
    Property(String),
    /// 3.1 and 3.2: a payload with one file.
    File(String),
    /// 3.3 and later: a payload with a list of files.
    Files(String),
}

/// The user data as the custom script of a VM's initialization.
///
/// # Errors
/// `Invalid` when it is of a form that the engine has no way to pass on.
pub(super) fn custom_script(data: &[u8]) -> Result<String, Error> {
    if data.starts_with(&[0x1f, 0x8b]) {
        return Err(refused("compressed data"));
    }
    let text = match std::str::from_utf8(data) {
        Ok(text) if !text.contains('\0') => text,
        Ok(_) | Err(_) => return Ok(file(FILE, "0600", data)),
    };
    let start = text.trim_start();
    if let Some((_, what)) = REFUSED.iter().find(|(mark, _)| start.starts_with(mark)) {
        return Err(refused(what));
    }
    if is_multipart(start) {
        return multipart(start);
    }
    Ok(part(start, text))
}

/// The user data as the engine of a cluster of this version takes it.
///
/// # Errors
/// `Invalid` when it is more than the engine takes.
pub(super) fn floppy(data: &[u8], cluster: Version) -> Result<Floppy, Error> {
    if data.len() > FLOPPY_CAP {
        let message = format!("user data is limited to {FLOPPY_CAP} bytes by this engine");
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    if cluster < Version::new(3, 1) {
        return Ok(Floppy::Property(format!("{FLOPPY_FILE}:{}", STANDARD.encode(data))));
    }
    let text = match std::str::from_utf8(data) {
        Ok(text) if text.chars().all(can_be_written) => text.to_owned(),
        Ok(_) | Err(_) => STANDARD.encode(data),
    };
    Ok(if cluster < Version::new(3, 3) { Floppy::File(text) } else { Floppy::Files(text) })
}

/// Whether a document can hold the character.
fn can_be_written(c: char) -> bool {
    !c.is_control() || matches!(c, '\n' | '\t' | '\r')
}

fn refused(what: &str) -> Error {
    let forms = "a cloud-config, a script, or several parts of these";
    Error::new(ErrorKind::Invalid, format!("user data must not be {what} here, but {forms}"))
}

/// One part of user data in terms of cloud-config; `start` is the text without white space before it.
fn part(start: &str, text: &str) -> String {
    if let Some(config) = cloud_config(start) {
        config.to_owned()
    } else if start.starts_with("#!") {
        format!("{}runcmd:\n- [ {SCRIPT} ]\n", file(SCRIPT, "0700", start.as_bytes()))
    } else {
        file(FILE, "0600", text.as_bytes())
    }
}

/// A cloud-config without its first line, which the engine writes itself.
fn cloud_config(start: &str) -> Option<&str> {
    let rest = start.strip_prefix(CLOUD_CONFIG)?;
    let (first, rest) = rest.split_once('\n').unwrap_or((rest, ""));
    first.trim().is_empty().then_some(rest)
}

fn file(path: &str, permissions: &str, content: &[u8]) -> String {
    let content = STANDARD.encode(content);
    format!(
        "write_files:\n- path: {path}\n  permissions: '{permissions}'\n  encoding: b64\n  content: {content}\n"
    )
}

fn is_multipart(start: &str) -> bool {
    let head = start.split("\n\n").next().unwrap_or_default().replace('\r', "");
    let head = head.to_ascii_lowercase();
    (head.starts_with("content-type:") || head.starts_with("mime-version:")) && head.contains("multipart/")
}

/// MIME parts (RFC 2046): at most one configuration and one script, which do not speak of the same things.
fn multipart(text: &str) -> Result<String, Error> {
    let text = text.replace("\r\n", "\n");
    let malformed = || Error::new(ErrorKind::Invalid, "the parts of the user data cannot be told apart");
    let (head, body) = text.split_once("\n\n").ok_or_else(malformed)?;
    let boundary = parameter(head, "boundary").ok_or_else(malformed)?;
    let delimiter = format!("\n--{boundary}");
    let body = format!("\n{body}");
    let mut sections = body.split(delimiter.as_str()).skip(1);
    let mut script = None;
    let mut config = None;
    for section in &mut sections {
        if section.starts_with("--") {
            break;
        }
        let content = content(section)?;
        let start = content.trim_start();
        let slot = if start.starts_with("#!") { &mut script } else { &mut config };
        if cloud_config(start).is_none() && !start.starts_with("#!") {
            return Err(refused("of a part that is neither"));
        }
        if slot.replace(part(start, &content)).is_some() {
            return Err(Error::new(ErrorKind::Invalid, "user data may have one cloud-config and one script"));
        }
    }
    let (config, script) = (config.unwrap_or_default(), script.unwrap_or_default());
    let clashes = |key: &&str| config.lines().any(|line| line.starts_with(*key));
    if !script.is_empty() && ["write_files:", "runcmd:"].iter().any(clashes) {
        let message =
            "user data with a script may not have a cloud-config with write_files or runcmd besides";
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    let line_end = if config.is_empty() || config.ends_with('\n') { "" } else { "\n" };
    Ok(format!("{config}{line_end}{script}"))
}

/// The content of a part, decoded.
fn content(section: &str) -> Result<Cow<'_, str>, Error> {
    let section = section.trim_start_matches([' ', '\t']).strip_prefix('\n').unwrap_or(section);
    let (head, body) = match section.strip_prefix('\n') {
        Some(body) => ("", body),
        None => section.split_once("\n\n").unwrap_or((section, "")),
    };
    let encoding = header(head, "content-transfer-encoding").unwrap_or_default();
    match encoding.to_ascii_lowercase().as_str() {
        "" | "7bit" | "8bit" | "binary" => Ok(Cow::Borrowed(body)),
        "base64" => {
            let packed: String = body.split_ascii_whitespace().collect();
            let bytes = STANDARD.decode(packed).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let text = bytes
                .ok_or_else(|| Error::new(ErrorKind::Invalid, "a part of the user data is not base64"))?;
            Ok(Cow::Owned(text))
        }
        _ => Err(refused("of a part in another encoding than base64")),
    }
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// A parameter of the `Content-Type`, which may stand on a line of its own.
fn parameter<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let parts = head.split([';', '\n']).filter_map(|part| part.trim().split_once('='));
    let mut values = parts.filter(|(key, _)| key.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value);
    values.next().map(|value| value.trim().trim_matches('"')).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cloud_config_loses_the_line_that_the_engine_writes() {
        assert_eq!(custom_script(b"#cloud-config\npackages: [vim]\n").unwrap(), "packages: [vim]\n");
        assert_eq!(custom_script(b"\n#cloud-config\r\na: 1").unwrap(), "a: 1");
        assert_eq!(custom_script(b"#cloud-config").unwrap(), "");
    }

    #[test]
    fn a_script_is_written_and_run() {
        let script = custom_script(b"#!/bin/sh\necho hello\n").unwrap();
        assert!(script.contains(&STANDARD.encode("#!/bin/sh\necho hello\n")), "{script}");
        assert!(
            script.starts_with("write_files:\n")
                && script.ends_with("runcmd:\n- [ /var/lib/cloud/deltagate-script ]\n")
        );
    }

    #[test]
    fn what_is_neither_is_a_file() {
        for data in [&b"key=value"[..], &[0xff, 0xfe, 0], b"a\0b", b"#cloud-configuration: no"] {
            let script = custom_script(data).unwrap();
            assert!(script.contains(&STANDARD.encode(data)) && !script.contains("runcmd"), "{script}");
        }
    }

    #[test]
    fn what_cannot_be_passed_on_is_refused() {
        for data in [
            &[0x1f, 0x8b, 8, 0][..],
            b"#include\nhttp://example.com/x",
            b"#cloud-boothook\n",
            b"## template: jinja\n",
        ] {
            assert_eq!(custom_script(data).unwrap_err().kind(), ErrorKind::Invalid);
        }
    }

    fn mime(parts: &[(&str, &str)]) -> String {
        let mut text = "Content-Type: multipart/mixed; boundary=\"==B==\"\nMIME-Version: 1.0\n\n".to_owned();
        for (head, body) in parts {
            text.push_str(&format!("--==B==\n{head}\n\n{body}\n"));
        }
        text + "--==B==--\n"
    }

    #[test]
    fn parts_are_merged() {
        let packed = STANDARD.encode("#!/bin/sh\nid\n");
        let text = mime(&[
            ("Content-Type: text/cloud-config", "#cloud-config\npackages: [vim]"),
            ("Content-Type: text/x-shellscript\nContent-Transfer-Encoding: base64", &packed),
        ]);
        for text in [text.clone(), text.replace('\n', "\r\n")] {
            let script = custom_script(text.as_bytes()).unwrap();
            assert!(script.starts_with("packages: [vim]\nwrite_files:\n"), "{script}");
            assert!(script.contains(&packed) && script.contains("runcmd:"), "{script}");
        }
    }

    #[test]
    fn parts_that_cannot_be_merged_are_refused() {
        let config = ("Content-Type: text/cloud-config", "#cloud-config\nruncmd: [id]");
        let script = ("Content-Type: text/x-shellscript", "#!/bin/sh\nid");
        for text in [
            mime(&[config, script]),
            mime(&[script, script]),
            mime(&[("Content-Type: text/plain", "neither")]),
            mime(&[("Content-Transfer-Encoding: base64", "%%%")]),
            mime(&[script]).replace("boundary", "bound"),
        ] {
            assert_eq!(custom_script(text.as_bytes()).unwrap_err().kind(), ErrorKind::Invalid, "{text}");
        }
    }

    #[test]
    fn the_floppy_has_the_form_that_the_cluster_takes() {
        let data = b"a: 1\n";
        let property = Floppy::Property(format!("deltacloud-user-data.txt:{}", STANDARD.encode(data)));
        assert_eq!(floppy(data, Version::new(3, 0)).unwrap(), property);
        assert_eq!(floppy(data, Version::new(3, 2)).unwrap(), Floppy::File("a: 1\n".into()));
        assert_eq!(floppy(data, Version::new(3, 3)).unwrap(), Floppy::Files("a: 1\n".into()));
        assert_eq!(floppy(&[0, 1], Version::new(3, 6)).unwrap(), Floppy::Files("AAE=".into()));
        assert!(floppy(&[b'x'; FLOPPY_CAP], Version::new(3, 6)).is_ok());
        assert_eq!(
            floppy(&[b'x'; FLOPPY_CAP + 1], Version::new(3, 6)).unwrap_err().kind(),
            ErrorKind::Invalid
        );
    }

    proptest::proptest! {
        #[test]
        fn no_user_data_panics(text in "(?s)(Content-Type: multipart/x; boundary=b\n\n)?(--b|\n|.|#!){0,40}") {
            let _ = custom_script(text.as_bytes());
        }
    }
}
