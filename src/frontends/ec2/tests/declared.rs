//! The declared parameters: all actions have them, all that clients send is decided, and what people read says the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use super::{
    recordings::{parse, recorded, wire},
    *,
};
use crate::frontends::ec2::{
    actions,
    declared::{COMMON, DECLARED, Declared, Treatment},
    parameters::Parameters,
    table::REFUSED,
};

/// Set to write the generated files instead of comparing them.
const WRITE: &str = "DELTAGATE_WRITE_GENERATED";

fn strict() -> Ec2 {
    let mut settings = ec2().settings;
    settings.strict_parameters = true;
    Ec2::new(settings)
}

#[test]
fn every_action_declares_its_parameters_once() {
    let known: BTreeSet<_> = actions().map(|(name, _)| name).collect();
    let declared: BTreeSet<_> = DECLARED.iter().map(|declared| declared.action).collect();
    assert_eq!(declared, known);
    assert_eq!(declared.len(), DECLARED.len());
    for declared in DECLARED {
        let honoured = declared.honoured.iter().flat_map(|group| group.iter().copied());
        let others = declared.passed.iter().chain(declared.refused).map(|(name, _)| *name);
        let mut all = BTreeSet::new();
        for name in honoured.chain(others) {
            assert!(all.insert(name), "{} declares {name} twice", declared.action);
        }
    }
}

#[test]
fn only_the_strict_refuse_what_no_action_knows() {
    for query in [
        "Action=DescribeImages&Nonsense=1",
        "Action=DescribeImages&ImageId.1=i&Filter.1.Nam=x&Filter.1.Name=state",
    ] {
        let sent = get(query);
        assert!(ec2().decode(&sent, &arrival(), &cloud(IdForm::Opaque)).is_ok(), "{query}");
        let reply = strict().decode(&sent, &arrival(), &cloud(IdForm::Opaque)).err().unwrap();
        assert_eq!((reply.outcome, reply.head.status.as_u16()), ("UnknownParameter", 400), "{query}");
        let named = if query.contains("Nonsense") { "'Nonsense'" } else { "'Filter.1.Nam'" };
        assert!(text(&reply.body).contains(named), "{}", text(&reply.body));
    }
}

#[test]
fn the_strict_take_what_the_others_take() {
    for (action, parameters, _) in rows() {
        let query = format!("Action={action}&{parameters}");
        let reply = strict().decode(&get(&query), &arrival(), &cloud(IdForm::Uuid)).err();
        assert!(reply.is_none(), "{query}: {}", text(&reply.unwrap().body));
    }
}

/// What becomes of each parameter that was recorded, by action and parameter, and who sent it.
type Recorded = BTreeMap<(String, String), BTreeSet<String>>;

fn sent(directory: &Path) -> Recorded {
    let mut files = Vec::new();
    recorded(directory.join("requests"), &mut files);
    let mut all = Recorded::new();
    for file in files {
        let Ok(parameters) = Parameters::of(&parse(&fs::read(&file).unwrap())) else { continue };
        let Some(action) = parameters.text("Action") else { continue };
        let client = file.strip_prefix(directory.join("requests")).unwrap().components().next().unwrap();
        let client = client.as_os_str().to_str().unwrap().to_owned();
        for name in parameters.names() {
            let parts = name.split('.');
            let parts = parts.map(|part| if part.bytes().all(|b| b.is_ascii_digit()) { "N" } else { part });
            let name = parts.collect::<Vec<_>>().join(".");
            all.entry((action.to_owned(), name)).or_default().insert(client.clone());
        }
    }
    all
}

#[test]
fn every_parameter_that_clients_sent_is_decided() {
    let Some(directory) = wire() else { return };
    let mut report = String::from(HEAD);
    let mut others = BTreeSet::new();
    for ((action, parameter), clients) in sent(&directory) {
        let clients = clients.into_iter().collect::<Vec<_>>().join(", ");
        let fate = match Declared::of(&action) {
            Some(declared) => {
                let treatment = declared.treatment(&parameter);
                match treatment.unwrap_or_else(|| panic!("{action} {parameter} is not decided: {clients}")) {
                    Treatment::Honoured => "honoured".to_owned(),
                    Treatment::Passed(why) => format!("passed over: {why}"),
                    Treatment::Refused(why) => format!("refused: {why}"),
                }
            }
            None => match REFUSED.iter().find(|(refused, _)| *refused == action) {
                Some((_, why)) => format!("refused, as is all of it: {why}"),
                None => {
                    others.insert(action);
                    continue;
                }
            },
        };
        if !COMMON.contains(&parameter.as_str()) || parameter == "DryRun" {
            writeln!(report, "| {action} | `{parameter}` | {fate} | {clients} |").unwrap();
        }
    }
    writeln!(report, "\nAsked for and not known: {}.", Vec::from_iter(others).join(", ")).unwrap();
    is_fresh("tests/ec2/parameters.md", &report);
}

const HEAD: &str = "# What clients sent, and what becomes of it\n\n\
    Generated from recordings of real clients by the test `every_parameter_that_clients_sent_is_decided`.\n\n\
    | Action | Parameter | What becomes of it | Sent by |\n|---|---|---|---|\n";

#[test]
fn the_documentation_says_what_the_table_says() {
    let mut text = String::from(
        "# The EC2 API\n\nGenerated from the table of actions by the test \
         `the_documentation_says_what_the_table_says`. `N` is an index.\n",
    );
    for (action, summary) in actions() {
        let declared = Declared::of(action).unwrap();
        write!(text, "\n## {action}\n\n{summary}\n\n").unwrap();
        let honoured: Vec<_> = declared.honoured.iter().flat_map(|group| group.iter()).collect();
        let names: Vec<_> = honoured.iter().map(|name| format!("`{name}`")).collect();
        writeln!(text, "- Honoured: {}", if names.is_empty() { "none".into() } else { names.join(", ") })
            .unwrap();
        for (name, why) in declared.passed {
            writeln!(text, "- Passed over: `{name}`; {why}").unwrap();
        }
        for (name, why) in declared.refused {
            writeln!(text, "- Refused: `{name}`; {why}").unwrap();
        }
    }
    text.push_str("\n## Not done on any cloud\n\n");
    for (action, why) in REFUSED {
        writeln!(text, "- `{action}`: {why}").unwrap();
    }
    is_fresh("docs/ec2.md", &text);
}

#[track_caller]
fn is_fresh(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os(WRITE).is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == text, "{name} is not what the table says: run this test with {WRITE}=1");
}
