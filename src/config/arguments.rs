//! The command line: `deltacloudd`'s, and subcommands.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use super::{
    KeysCommand,
    problem::{Place, Problems},
};

/// A reverse proxy through which EC2, CIMI and Deltacloud clients drive oVirt and other clouds.
///
/// Without options: EC2 and Deltacloud on localhost:3001, and behind them an embedded cloud (user mockuser, password mockpassword).
/// An option wins over the environment, the environment over the file.
#[derive(Debug, Default, Parser)]
#[command(name = "deltagate", version, max_term_width = 100, disable_help_subcommand = true)]
pub struct Arguments {
    /// What to do instead of serving.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// The driver that speaks to the cloud; -l lists them [env: API_DRIVER] [default: mock]
    #[arg(short = 'i', long, value_name = "DRIVER")]
    pub driver: Option<String>,

    /// The front ends to serve, as a list with commas [env: API_FRONTEND] [default: all]
    #[arg(short = 'f', long, value_name = "LIST")]
    pub frontends: Option<String>,

    /// The provider: a name from the file, or what the driver reads, for ovirt "URL;DATACENTER;ADMIN|USER" [env: API_PROVIDER]
    #[arg(short = 'P', long, value_name = "PROVIDER")]
    pub provider: Option<String>,

    /// The host name or address to listen on [env: API_HOST] [default: localhost]
    #[arg(short = 'r', long, value_name = "HOST")]
    pub hostname: Option<String>,

    /// The port to listen on; 0 lets the system choose [env: API_PORT] [default: 3001]
    #[arg(short = 'p', long, value_name = "PORT")]
    pub port: Option<u16>,

    /// Read settings from this TOML file
    #[arg(short = 'c', long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,

    /// List the drivers and leave
    #[arg(short = 'l', long)]
    pub drivers: bool,

    /// How long an operation on a cloud may take, in seconds [env: API_TIMEOUT] [default: 60]
    #[arg(short = 't', long, value_name = "SECONDS")]
    pub timeout: Option<f64>,

    /// How long things of an embedded cloud are on their way from one state to the next, in seconds [env: API_MOCK_DELAY] [default: 0]
    #[arg(long, value_name = "SECONDS")]
    pub mock_delay: Option<f64>,

    /// Keep embedded clouds in this folder, instead of forgetting them at the end [env: DELTACLOUD_MOCK_STORAGE]
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub mock_state: Option<PathBuf>,

    /// What deltacloudd had besides.
    #[command(flatten)]
    pub former: Former,
}

/// What can be done instead of serving.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Check a file (-c FILE) and leave: every problem is printed as FILE:LINE: message
    Check,
    /// Manage the access keys in the store (-c FILE says which): add, list, remove, rotate, disable, enable, reseal
    Keys {
        /// What to do to them
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// List what was promised and is not done yet (-c FILE says in which store)
    Jobs {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the completions for a shell and leave
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Print the manual page and leave
    Man,
}

/// Options of `deltacloudd` that mean nothing here. Those that change nothing that matters are taken with a warning, so
/// that scripts go on working; the others are refused with what to do instead.
#[derive(Debug, Default, Args)]
pub struct Former {
    #[arg(short = 'e', long, hide = true)]
    env: Option<String>,
    #[arg(short = 'w', long, hide = true)]
    webrick: bool,
    #[arg(long, hide = true)]
    verbose: bool,
    #[arg(short = 'L', long, hide = true)]
    log: Option<String>,
    #[arg(long, hide = true)]
    logdir: Option<String>,
    #[arg(long, hide = true)]
    cimi: bool,
    #[arg(short = 'd', long, hide = true)]
    daemon: bool,
    #[arg(short = 'b', long, hide = true)]
    pid: Option<String>,
    #[arg(short = 'u', long, hide = true)]
    user: Option<String>,
    #[arg(short = 'g', long, hide = true)]
    group: Option<String>,
    #[arg(short = 's', long, hide = true)]
    ssl: bool,
    #[arg(short = 'k', long, hide = true)]
    ssl_key: Option<String>,
    #[arg(short = 'C', long, hide = true)]
    ssl_cert: Option<String>,
}

impl Former {
    /// What is to be said about those that were given: warnings are returned, refusals become problems.
    pub(super) fn judge(&self, problems: &mut Problems) -> Vec<String> {
        let logs = "the log goes to standard error";
        let service =
            "the gateway stays in the foreground: let a service manager, such as systemd, see to that";
        let tls = "TLS is set in the file: [[listeners]] with tls_cert and tls_key";
        let ignored = [
            ("-e/--env", self.env.is_some(), "there are no environments"),
            ("-w/--webrick", self.webrick, "there is one server only"),
            ("--verbose", self.verbose, "the file's [log] level says how much is logged"),
            ("-L/--log", self.log.is_some(), logs),
            ("--logdir", self.logdir.is_some(), logs),
        ];
        let refused = [
            ("--cimi", self.cimi, "write -f cimi"),
            ("-d/--daemon", self.daemon, service),
            ("-b/--pid", self.pid.is_some(), service),
            ("-u/--user", self.user.is_some(), service),
            ("-g/--group", self.group.is_some(), service),
            ("-s/--ssl", self.ssl, tls),
            ("-k/--ssl-key", self.ssl_key.is_some(), tls),
            ("-C/--ssl-cert", self.ssl_cert.is_some(), tls),
        ];
        for (flag, _, instead) in refused.iter().filter(|(_, given, _)| *given) {
            problems.add(&Place::Flag(flag), format!("this option of deltacloudd is not taken: {instead}"));
        }
        let given = ignored.iter().filter(|(_, given, _)| *given);
        given
            .map(|(flag, _, why)| format!("{flag}: this option of deltacloudd has no effect: {why}"))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Arguments {
        Arguments::try_parse_from(line.split(' ')).unwrap()
    }

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn deltacloudds_options_are_read() {
        let short =
            parse("deltagate -i rhevm -f ec2,cimi -P https://e/api;;ADMIN -r 0.0.0.0 -p 3002 -t 20 -c f -l");
        assert_eq!(short.driver.as_deref(), Some("rhevm"));
        assert_eq!(short.frontends.as_deref(), Some("ec2,cimi"));
        assert_eq!(short.provider.as_deref(), Some("https://e/api;;ADMIN"));
        assert_eq!(short.hostname.as_deref(), Some("0.0.0.0"));
        assert_eq!((short.port, short.timeout), (Some(3002), Some(20.0)));
        assert_eq!(short.config, Some(PathBuf::from("f")));
        assert!(short.drivers);
        let long = parse("deltagate --driver mock --hostname localhost --port 3001 --timeout 60 --drivers");
        assert_eq!((long.driver.as_deref(), long.port), (Some("mock"), Some(3001)));
    }

    #[test]
    fn a_file_may_be_named_before_and_after_a_subcommand() {
        for line in ["deltagate check -c f.toml", "deltagate -c f.toml check"] {
            let arguments = parse(line);
            assert_eq!(arguments.config, Some(PathBuf::from("f.toml")), "{line}");
            assert_eq!(arguments.command, Some(Command::Check), "{line}");
        }
    }

    #[test]
    fn options_that_mean_nothing_are_told() {
        let mut problems = Problems::default();
        let harmless = parse("deltagate -e production -w --verbose -L f --logdir d").former;
        assert_eq!(harmless.judge(&mut problems).len(), 5);
        assert!(problems.0.is_empty());
        let harmful = parse("deltagate --cimi -d -b f -u nobody -g nobody -s -k f -C f").former;
        assert!(harmful.judge(&mut problems).is_empty());
        assert_eq!(problems.0.len(), 8);
        assert!(problems.0.iter().any(|problem| problem.to_string().starts_with("-d/--daemon: ")));
        assert!(parse("deltagate").former.judge(&mut problems).is_empty());
    }
}
