//! Metrics are the statistics of VMs; providers are data centers.

use deltagate::model::{ErrorKind, Filter, Id, Kind, Metric, Operation, Unit};

use crate::{
    for_every_mode,
    harness::{Harness, engine},
    ovirt_engine::{Mode, seed},
};

/// The latest value of what has this name.
fn latest(metric: &Metric<'_>, name: &str) -> Option<(Unit, f64)> {
    let series = metric.series.iter().find(|series| series.name == name)?;
    Some((series.unit, series.samples.first()?.average))
}

for_every_mode! {
    async fn what_is_measured_of_all_instances_is_one_call(mode: Mode) {
        let engine = engine(mode, 60).await;
        let harness = Harness::new(&engine, "");
        harness.list(Kind::Metric).await;
        engine.forget_requests();
        let metrics = harness.list(Kind::Metric).await.metrics;
        assert_eq!((metrics.len(), engine.requests().len()), (63, 1));
        let web = metrics.iter().find(|metric| metric.entity == "web").unwrap();
        assert_eq!(web.id, seed::WEB_VM.to_string());
        assert_eq!(latest(web, "cpuUtilization"), Some((Unit::Percent, 3.75)));
        assert_eq!(latest(web, "memory.used"), Some((Unit::Bytes, f64::from(1 << 29))));
        let ids = vec![Id::from("no-uuid"), Id::from(seed::DB_VM.to_string())];
        let asked = Operation::List(Kind::Metric, Filter { ids, ..Filter::default() });
        let found = harness.perform(asked).await.unwrap().metrics;
        assert_eq!(found.iter().map(|metric| &*metric.entity).collect::<Vec<_>>(), ["db"]);
    }

    async fn what_is_measured_of_one_is_shown(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let shown = harness.one(Kind::Metric, &seed::WEB_VM.to_string()).await.unwrap().metrics;
        let web = &shown[0];
        assert_eq!((shown.len(), &*web.id, &*web.entity), (1, &*seed::WEB_VM.to_string(), "web"));
        assert_eq!(latest(web, "cpuUtilization"), Some((Unit::Percent, 3.75)));
        assert_eq!(latest(web, "memory.installed"), Some((Unit::Bytes, f64::from(1 << 30))));
        let devices = [
            ("data.current.rx", (Unit::BytesPerSecond, 1000.0)),
            ("data.current.write", (Unit::BytesPerSecond, 2048.0)),
            ("disk.write.latency", (Unit::Seconds, 0.004)),
        ];
        for (name, expected) in devices {
            assert_eq!(latest(web, name), (mode == Mode::V4_4).then_some(expected), "{name}");
        }
        let history = web.series.iter().find(|series| series.name == "cpu.usage.history");
        assert_eq!(history.is_some(), mode >= Mode::V4_1);
        if let Some(history) = history {
            let values: Vec<f64> = history.samples.iter().map(|sample| sample.average).collect();
            assert_eq!(values, [3.0, 2.0, 1.0]);
            assert_eq!(history.samples[0].at.duration_since(history.samples[1].at).as_secs(), 30);
        }
        for missing in ["no-uuid", &seed::LAB_DC.to_string()] {
            let error = harness.one(Kind::Metric, missing).await.err().unwrap();
            assert_eq!((error.kind(), error.subject().unwrap().1.as_str()), (ErrorKind::NotFound, missing));
        }
    }

    async fn providers_are_data_centers(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let providers = harness.list(Kind::Provider).await.providers;
        assert_eq!(providers.iter().map(|provider| &*provider.name).collect::<Vec<_>>(), ["Default", "Lab"]);
        for asked in [seed::LAB_DC.to_string(), "Lab".to_owned()] {
            let shown = harness.one(Kind::Provider, &asked).await.unwrap().providers;
            assert_eq!(shown, [providers[1].clone()]);
        }
        let missing = harness.one(Kind::Provider, "nosuch").await.err().unwrap();
        assert_eq!((missing.kind(), missing.subject().unwrap().0), (ErrorKind::NotFound, Kind::Provider));
        let lab = Harness::new(&engine, &format!(";{};ADMIN", seed::LAB_DC));
        assert_eq!(lab.list(Kind::Provider).await.providers.len(), 1);
        assert_eq!(lab.one(Kind::Provider, "Default").await.err().unwrap().kind(), ErrorKind::NotFound);
        let ids = vec![Id::from("nosuch")];
        let asked = Operation::List(Kind::Provider, Filter { ids, ..Filter::default() });
        assert!(harness.perform(asked).await.unwrap().providers.is_empty());
    }
}
