//! Lists of servers as Nova sends them, and the cloud around it.

use bytes::Bytes;

use super::memory::Memory;

/// Where the driver finds the cloud.
pub(crate) const PROVIDER: &str = "http://cloud.example.com/v3;RegionOne";

/// What Keystone says with a token.
const TOKEN: &str = r#"{"token": {"issued_at": "2026-11-23T12:16:53.000000Z", "expires_at": "2026-11-24T12:16:53.000000Z", "catalog": [{"type": "compute", "endpoints": [{"interface": "public", "region_id": "RegionOne", "url": "http://cloud.example.com/v2.1"}]}]}}"#;

/// A server, with its flavor in it (microversion 2.47), one network and one volume.
const SERVER: &str = r#"{"id": "{id}", "name": "vm{number}", "status": "{state}", "tenant_id": "4ec4a2e322e54ca580b99228e747adb1", "user_id": "b1081d50bd1a446f9aa53d3b7b016308", "metadata": {"role": "test"}, "hostId": "5cdd12baa0d3bdb37fb0eea8c26a9d4fd43542ef04cb9d5e728e1cc2", "image": {"id": "fd8bc232-f26c-453e-aa81-10285eff27a3", "links": [{"rel": "bookmark", "href": "http://cloud.example.com/images/fd8bc232-f26c-453e-aa81-10285eff27a3"}]}, "flavor": {"vcpus": 1, "ram": 512, "disk": 1, "ephemeral": 0, "swap": 0, "original_name": "m1.tiny", "extra_specs": {}}, "created": "2026-11-23T12:17:06Z", "updated": "2026-11-23T12:17:11Z", "addresses": {"private": [{"version": 4, "addr": "10.10.{high}.{low}", "OS-EXT-IPS:type": "fixed", "OS-EXT-IPS-MAC:mac_addr": "fa:16:3e:b1:45:f9"}]}, "accessIPv4": "", "accessIPv6": "", "links": [{"rel": "self", "href": "http://cloud.example.com/v2.1/servers/{id}"}, {"rel": "bookmark", "href": "http://cloud.example.com/servers/{id}"}], "OS-DCF:diskConfig": "MANUAL", "progress": 0, "OS-EXT-AZ:availability_zone": "az1", "config_drive": "", "key_name": "wirekey", "OS-SRV-USG:launched_at": "2026-11-23T12:17:11.000000", "OS-SRV-USG:terminated_at": null, "security_groups": [{"name": "web"}], "OS-EXT-STS:task_state": null, "OS-EXT-STS:vm_state": "active", "OS-EXT-STS:power_state": 1, "os-extended-volumes:volumes_attached": [{"id": "9245c2ae-c129-40cc-8fb5-1074209b7e13", "delete_on_termination": false}], "locked": false, "description": null, "tags": []}"#;

/// The answer of a Nova that has `count` servers.
pub(crate) fn list(count: usize) -> Vec<u8> {
    let server = |number: usize| {
        let id = format!("{:08x}-717b-43e0-825f-{:012x}", number * 2_654_435_761 % 0xffff_ffff, number);
        SERVER
            .replace("{id}", &id)
            .replace("{number}", &format!("{number:05}"))
            .replace("{state}", if number.is_multiple_of(3) { "SHUTOFF" } else { "ACTIVE" })
            .replace("{high}", &(number / 250 % 250).to_string())
            .replace("{low}", &(number % 250 + 1).to_string())
    };
    let servers: Vec<String> = (0..count).map(server).collect();
    format!("{{\"servers\": [{}]}}", servers.join(", ")).into_bytes()
}

/// A cloud that has these servers.
pub(crate) fn cloud(servers: Bytes) -> Memory {
    let token = Bytes::from_static(TOKEN.as_bytes());
    Memory::new(vec![("/v3/auth/tokens", token), ("/v2.1/servers/detail", servers)])
}
