//! The real clients, as `make test` installs them.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// The browser, and what drives it, as Debian has them.
const BROWSER: &str = "/usr/bin/chromium";
const BROWSER_DRIVER: &str = "/usr/bin/chromedriver";

/// The installed clients: a Python environment, and beside it what is not Python.
pub struct Client {
    python: PathBuf,
    /// The folder with `collections`, `node_modules` and `rust`.
    folder: PathBuf,
}

impl Client {
    /// The clients; none when they are not installed, which is said, and is a failure where
    /// `DELTAGATE_REQUIRE_CLIENTS` says so.
    pub fn find() -> Option<Self> {
        let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/clients/bin/python");
        let python = env::var_os("DELTAGATE_PYTHON").map_or_else(default, PathBuf::from);
        if python.exists() {
            let folder = python.ancestors().nth(2).unwrap().to_owned();
            return Some(Client { python, folder });
        }
        let required = env::var_os("DELTAGATE_REQUIRE_CLIENTS").is_some();
        assert!(!required, "there is no {}: run `make clients`", python.display());
        eprintln!("skipped: the real clients are not installed (`make test` installs them)");
        None
    }

    /// boto3's whole flow at an EC2 endpoint.
    pub fn boto3_flow(&self, endpoint: &str, key: &str, secret: &str) {
        let mut command = Command::new(&self.python);
        command.arg(script("boto3_flow.py")).arg(endpoint);
        succeed(command, key, secret);
    }

    /// The AWS command line's whole flow at an EC2 endpoint.
    pub fn aws_cli_flow(&self, endpoint: &str, key: &str, secret: &str) {
        let mut command = Command::new(&self.python);
        command.arg(script("aws_cli_flow.py")).arg(endpoint);
        succeed(command, key, secret);
    }

    /// botocore's own model judges the answer to each of these actions.
    pub fn ec2_model(&self, ec2: &str, sts: &str, actions: &[&str], key: &str, secret: &str) {
        let mut command = Command::new(&self.python);
        command.arg(script("ec2_model.py")).args([ec2, sts]).args(actions);
        succeed(command, key, secret);
    }

    /// A SOAP client's whole flow at an EC2 endpoint.
    pub fn soap_flow(&self, endpoint: &str, user: &str, password: &str) {
        let mut command = Command::new(&self.python);
        command.arg(script("soap_flow.py")).arg(endpoint);
        succeed(command, user, password);
    }

    /// Libcloud's whole flow at an EC2 endpoint, with its drivers for EC2 and Eucalyptus.
    pub fn libcloud_flow(&self, endpoint: &str, key: &str, secret: &str) {
        let mut command = Command::new(&self.python);
        command.arg(script("libcloud_flow.py")).arg(endpoint);
        succeed(command, key, secret);
    }

    /// The whole flow of the AWS SDK for JavaScript at an EC2 endpoint.
    pub fn js_flow(&self, endpoint: &str, key: &str, secret: &str) {
        let mut command = Command::new("node");
        command.arg(script("js_flow.mjs")).arg(endpoint);
        command.env("DELTAGATE_NODE_MODULES", self.folder.join("node_modules"));
        succeed(command, key, secret);
    }

    /// The whole flow of the AWS SDK for Rust at an EC2 endpoint.
    pub fn rust_flow(&self, endpoint: &str, key: &str, secret: &str) {
        let mut command = Command::new(self.folder.join("rust/debug/aws-sdk-flow"));
        command.arg(endpoint);
        succeed(command, key, secret);
    }

    /// Ansible's whole flow at an EC2 endpoint of a cloud that has instances of this `size`, and `lacks` what the playbook
    /// names so.
    pub fn ansible_flow(&self, endpoint: &str, key: &str, secret: &str, size: &str, lacks: &[&str]) {
        let home = TempDir::new().unwrap();
        let python = self.python.to_str().unwrap();
        let settings =
            serde_json::json!({ "lacks": lacks, "size": size, "ansible_python_interpreter": python });
        let mut command = Command::new(self.folder.join("bin/ansible-playbook"));
        command.arg(script("ansible_flow.yml")).arg("-e").arg(settings.to_string());
        command.env("ANSIBLE_COLLECTIONS_PATH", self.folder.join("collections"));
        command.env("ANSIBLE_HOME", home.path()).env("ANSIBLE_LOCALHOST_WARNING", "false");
        command.env("ANSIBLE_INVENTORY_UNPARSED_WARNING", "false").env("LC_ALL", "C.UTF-8");
        succeed_with(command, key, secret, &[("AWS_ENDPOINT_URL", endpoint), ("AWS_REGION", "local")]);
    }

    /// A browser's whole flow on the console at `url`. Not all machines that have the other clients have a browser: then
    /// that is said.
    pub fn console(&self, url: &str, user: &str, password: &str) {
        let has_driver = Command::new(&self.python).args(["-c", "import selenium"]).output().unwrap();
        let missing = [BROWSER, BROWSER_DRIVER].into_iter().find(|program| !Path::new(program).exists());
        if missing.is_some() || !has_driver.status.success() {
            let required = env::var_os("DELTAGATE_REQUIRE_CLIENTS").is_some();
            let missing = missing.unwrap_or("selenium");
            assert!(!required, "there is no {missing}: the packages chromium and chromium-driver have it");
            eprintln!("skipped: there is no {missing}");
            return;
        }
        let mut command = Command::new(&self.python);
        command.arg(script("console.py")).arg(url);
        command.env("CONSOLE_USER", user).env("CONSOLE_PASSWORD", password);
        succeed(command, "", "");
    }
}

fn succeed(command: Command, key: &str, secret: &str) {
    succeed_with(command, key, secret, &[]);
}

fn succeed_with(mut command: Command, key: &str, secret: &str, settings: &[(&str, &str)]) {
    for (name, _) in env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
        command.env_remove(name);
    }
    command.envs(settings.iter().copied());
    command.env("AWS_ACCESS_KEY_ID", key).env("AWS_SECRET_ACCESS_KEY", secret);
    command.env("AWS_CONFIG_FILE", "/dev/null").env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    let output = command.output().unwrap();
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{said}\n{wrong}");
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(name)
}
