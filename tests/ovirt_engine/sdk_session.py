"""A session of the real oVirt SDK with an engine: python sdk_session.py URL

The engine must be a hundred times faster than a real one or more. Prints "all right" at the end; anything else is a
failure, with the assertion that failed.
"""

import sys
import time

import ovirtsdk4 as sdk
from ovirtsdk4 import types

DEADLINE = 30.0


def connect(url, password="secret"):
    return sdk.Connection(url=url, username="admin@internal", password=password)


def wait(service, accept):
    """Polls the resource until `accept` likes it."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        resource = service.get()
        if accept(resource):
            return resource
        time.sleep(0.02)
    raise AssertionError(f"never came to what was waited for: {resource.__dict__}")


def wait_for(service, status):
    return wait(service, lambda resource: resource.status == status)


def wait_gone(service):
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        try:
            service.get()
        except sdk.NotFoundError:
            return
        time.sleep(0.02)
    raise AssertionError("never gone")


def refused(kind, text, call, *arguments, **options):
    try:
        call(*arguments, **options)
    except kind as error:
        assert text in str(error), f"{error!r} does not say {text!r}"
        return error
    raise AssertionError(f"not refused: {text}")


def inventory(system):
    api = system.get()
    assert api.product_info.version.major == 4, api.product_info.version
    assert api.special_objects.blank_template.id == "00000000-0000-0000-0000-000000000000"
    assert api.summary.vms.total >= 3
    centers = system.data_centers_service().list()
    assert [center.name for center in centers] == ["Default", "Lab"]
    assert all(center.status == types.DataCenterStatus.UP for center in centers)
    clusters = system.clusters_service().list(search="datacenter=Default")
    assert [cluster.name for cluster in clusters] == ["Default", "Production"]
    assert clusters[0].data_center.id == centers[0].id and clusters[0].cpu.type
    templates = system.templates_service().list(search="datacenter=Default")
    assert [template.name for template in templates] == ["fedora", "rhel7"]
    assert {"Small", "Large"} <= {kind.name for kind in system.instance_types_service().list()}
    assert [domain.name for domain in system.storage_domains_service().list()] == ["data", "iso", "labdata"]
    profiles = system.vnic_profiles_service().list()
    assert len(system.networks_service().list()) == len(profiles) == 2
    assert len(system.hosts_service().list(search="status=up")) == 3
    assert len(system.users_service().list()) == 2
    center = system.data_centers_service().data_center_service(centers[0].id)
    attached = center.storage_domains_service().list()
    assert {domain.status for domain in attached} == {types.StorageDomainStatus.ACTIVE}
    assert center.quotas_service().list() == []
    return templates[1], profiles[0]


def searches(vms):
    assert [vm.name for vm in vms.list(max=2, search="name=vm-* sortby name desc page 2")] == ["vm-000008", "vm-000007"]
    assert vms.list(max=5, search="name=vm-* page 9") == []
    up = vms.list(search="status=up and cluster=Default")
    assert up and all(vm.status == types.VmStatus.UP for vm in up)
    refused(sdk.Error, "Invalid search", vms.list, search="colour=red")


def created(vms, template):
    vm = vms.add(
        types.Vm(
            name="sdk",
            cluster=types.Cluster(name="Default"),
            template=types.Template(id=template.id),
            instance_type=types.InstanceType(name="Small"),
            description="by the SDK",
            custom_properties=[types.CustomProperty(name="k", value="v")],
            initialization=types.Initialization(
                host_name="sdk-host", root_password="hidden", custom_script="#cloud-config\nruncmd:\n- [ls]\n"
            ),
            payloads=[
                types.Payload(type=types.VmDeviceType.FLOPPY, files=[types.File(name="a.txt", content="hello")])
            ],
        )
    )
    assert vm.status == types.VmStatus.IMAGE_LOCKED and vm.memory == 2 << 30 and vm.description == "by the SDK"
    service = vms.vm_service(vm.id)
    assert "locked" in str(refused(sdk.Error, "409", service.start))
    refused(sdk.Error, "already in use", vms.add, types.Vm(name="sdk", cluster=vm.cluster, template=vm.template))
    refused(sdk.Error, "Entity not found", vms.add, types.Vm(name="x", cluster=types.Cluster(name="no"), template=vm.template))
    refused(sdk.Error, "Vm [name] required for add", vms.add, types.Vm(cluster=vm.cluster, template=vm.template))
    wait_for(service, types.VmStatus.DOWN)
    whole = service.get(all_content=True)
    assert whole.initialization.root_password == "******" and whole.initialization.host_name == "sdk-host"
    assert whole.payloads[0].files[0].content == "hello" and whole.custom_properties[0].value == "v"
    return service


def life_cycle(service):
    service.start(use_cloud_init=True, vm=types.Vm(initialization=types.Initialization(user_name="me")))
    seen = wait(service, lambda vm: vm.status != types.VmStatus.DOWN)
    assert seen.status in (types.VmStatus.WAIT_FOR_LAUNCH, types.VmStatus.POWERING_UP, types.VmStatus.UP), seen.status
    up = wait_for(service, types.VmStatus.UP)
    assert up.host.id and up.start_time and up.run_once
    reported = service.reported_devices_service()
    end = time.monotonic() + DEADLINE
    while not reported.list() and time.monotonic() < end:
        time.sleep(0.02)
    device = reported.list()[0]
    assert device.ips[0].address.startswith("10.") and device.ips[0].version == types.IpVersion.V4
    assert device.mac.address == service.nics_service().list()[0].mac.address
    refused(sdk.Error, "Cannot remove VM. VM is running.", service.remove)
    refused(sdk.Error, "Cannot run VM. VM is running.", service.start)
    service.reboot()
    wait_for(service, types.VmStatus.UP)
    service.suspend()
    wait_for(service, types.VmStatus.SUSPENDED)
    service.start()
    wait_for(service, types.VmStatus.UP)
    service.stop()
    wait_for(service, types.VmStatus.DOWN)
    refused(sdk.Error, "VM is not running", service.stop)
    service.start()
    wait_for(service, types.VmStatus.UP)
    service.shutdown(reason="enough")
    down = wait_for(service, types.VmStatus.DOWN)
    assert down.stop_reason == "enough" and down.host is None


def nics(service, profile):
    nics = service.nics_service()
    nic = nics.add(types.Nic(name="nic9", interface=types.NicInterface.VIRTIO, vnic_profile=types.VnicProfile(id=profile.id)))
    assert nic.mac.address and nic.vnic_profile.id == profile.id
    refused(sdk.Error, "already in use", nics.add, types.Nic(name="nic9"))
    one = nics.nic_service(nic.id)
    one.deactivate()
    assert one.get().plugged is False
    one.activate()
    one.update(types.Nic(linked=False))
    assert one.get().linked is False
    one.remove()
    assert [nic.name for nic in nics.list()] == ["nic1"]


def disks(system, service):
    attachments = service.disk_attachments_service()
    assert attachments.list()[0].bootable
    added = attachments.add(
        types.DiskAttachment(
            interface=types.DiskInterface.VIRTIO_SCSI,
            bootable=False,
            active=True,
            disk=types.Disk(
                name="extra",
                format=types.DiskFormat.COW,
                provisioned_size=1 << 30,
                storage_domains=[types.StorageDomain(name="data")],
            ),
        )
    )
    disk = system.disks_service().disk_service(added.id)
    assert disk.get().status == types.DiskStatus.LOCKED
    wait_for(disk, types.DiskStatus.OK)
    attachments.attachment_service(added.id).update(types.DiskAttachment(disk=types.Disk(provisioned_size=2 << 30)))
    assert disk.get().provisioned_size == 2 << 30
    assert [vm.id for vm in disk.get().vms] == [service.get().id]
    free = system.disks_service().list(search="number_of_vms=0") if later(system) else []
    assert added.id not in [disk.id for disk in free]
    attachments.attachment_service(added.id).remove()
    assert len(attachments.list()) == 1 and disk.get().name == "extra" and not disk.get().vms
    if later(system):
        free = system.disks_service().list(search="number_of_vms=0")
        assert [disk.name for disk in free] == ["extra"], "the disks of templates are not free"
    other = attachments.add(types.DiskAttachment(interface=types.DiskInterface.VIRTIO, bootable=False, active=True, disk=types.Disk(id=added.id)))
    assert other.id == added.id and len(attachments.list()) == 2
    busy = system.vms_service().list(search="name=web")[0]
    taken = system.vms_service().vm_service(busy.id).disk_attachments_service()
    refused(sdk.Error, "not shareable", taken.add, types.DiskAttachment(interface=types.DiskInterface.VIRTIO, bootable=False, disk=types.Disk(id=added.id)))
    running = taken.list()[0].id
    refused(sdk.Error, "not down", system.disks_service().disk_service(running).remove)
    refused(sdk.Error, "configured in a snapshot", taken.attachment_service(running).remove)
    attachments.attachment_service(added.id).remove(detach_only=True)
    disk.remove()
    wait_gone(disk)
    assert [disk.name for disk in system.disks_service().list(search="name=extra")] == []


def later(system):
    """The searches of disks are those of every engine since 3.2."""
    return system.get().product_info.version.major >= 4


def disk_snapshots(system, service):
    """What one snapshot of two disks leaves behind is listed by their storage domain, and goes one by one."""
    attachments = service.disk_attachments_service()
    first = attachments.list()[0].id
    image = system.disks_service().disk_service(first).get().image_id
    domain = [one for one in system.storage_domains_service().list() if one.name == "data"][0]
    listed = system.storage_domains_service().storage_domain_service(domain.id).disk_snapshots_service()
    before = {one.id for one in listed.list()}
    snapshots = service.snapshots_service()
    refused(sdk.Error, "400", snapshots.add, types.Snapshot(description="x", disk_attachments=[types.DiskAttachment(disk=types.Disk(id=domain.id))]))
    added = snapshots.add(types.Snapshot(description="of one", persist_memorystate=False, disk_attachments=[types.DiskAttachment(disk=types.Disk(id=first))]))
    snapshot = snapshots.snapshot_service(added.id)
    refused(sdk.Error, "locked", snapshot.remove)
    wait(snapshot, lambda one: one.snapshot_status == types.SnapshotStatus.OK)
    new = [one for one in listed.list() if one.id not in before]
    assert [(one.id, one.disk.id, one.snapshot.id) for one in new] == [(image, first, added.id)], new
    assert system.disks_service().disk_service(first).get().image_id != image
    one = listed.snapshot_service(image)
    assert one.get().status == types.DiskStatus.OK and one.get().provisioned_size == 10 << 30
    one.remove()
    wait_gone(one)
    snapshot.remove()
    wait_gone(snapshot)


def snapshots(service):
    snapshots = service.snapshots_service()
    added = snapshots.add(types.Snapshot(description="before", persist_memorystate=False))
    snapshot = snapshots.snapshot_service(added.id)
    assert added.snapshot_status == types.SnapshotStatus.LOCKED
    wait(snapshot, lambda one: one.snapshot_status == types.SnapshotStatus.OK)
    assert {one.description for one in snapshots.list()} == {"Active VM", "before"}
    snapshot.restore(restore_memory=False)
    wait_for(service, types.VmStatus.DOWN)
    snapshot.remove()
    wait_gone(snapshot)


def templates(system, service):
    templates = system.templates_service()
    added = templates.add(types.Template(name="sdk-template", vm=types.Vm(id=service.get().id)))
    assert added.status == types.TemplateStatus.LOCKED
    template = templates.template_service(added.id)
    wait_for(template, types.TemplateStatus.OK)
    assert len(template.disk_attachments_service().list()) == 1
    template.remove()
    wait_gone(template)
    used = templates.list(search="name=fedora")[0]
    refused(sdk.Error, "is being used by the following VMs: db", templates.template_service(used.id).remove)
    blank = templates.template_service("00000000-0000-0000-0000-000000000000")
    refused(sdk.Error, "Removing Blank Template is not allowed", blank.remove)


def tags(system, vms, service):
    tags = system.tags_service()
    tag = tags.add(types.Tag(name="blue", description="a tag"))
    refused(sdk.Error, "Entity not found: red", service.tags_service().add, types.Tag(name="red"))
    service.tags_service().add(types.Tag(name="blue"))
    assert [vm.name for vm in vms.list(search="tag=blue")] == ["sdk"]
    service.tags_service().tag_service(tag.id).remove()
    assert service.tags_service().list() == []
    tags.tag_service(tag.id).remove()


def follow(system, vms, version):
    links = "disk_attachments.disk.statistics,nics.reported_devices,nics.statistics,tags,snapshots,statistics"
    vm = vms.list(search="name=web", follow=links)[0]
    if (version.major, version.minor) < (4, 2):
        assert not vm.nics, "4.1 does not know follow"
        return
    assert vm.disk_attachments[0].disk.provisioned_size == 10 << 30
    assert vm.nics[0].reported_devices[0].ips[0].address and len(vm.snapshots) == 2
    cpu = [one for one in vm.statistics if one.name == "cpu.current.total"][0]
    assert cpu.values[0].datum == 3.75 and cpu.unit == types.StatisticUnit.PERCENT, cpu.__dict__
    history = [one for one in vm.statistics if one.name == "cpu.usage.history"][0]
    assert [value.datum for value in history.values] == [3, 2, 1]
    assert {one.name for one in vm.nics[0].statistics} >= {"data.current.rx", "data.total.tx"}
    assert {one.name for one in vm.disk_attachments[0].disk.statistics} >= {"data.current.read"}
    refused(sdk.Error, "500", vms.list, follow="colours")


def errors(url, system, vms):
    refused(sdk.NotFoundError, "404", vms.vm_service("31573c08-717b-43e0-825f-69a36fb0e1a9").get)
    refused(sdk.Error, "400", vms.vm_service("i-00000000").get)
    refused(sdk.AuthError, "Cannot authenticate user 'admin@internal'", connect(url, "wrong").system_service().get)
    refused(sdk.Error, "origin] required", system.events_service().add, types.Event(description="x", severity=types.LogSeverity.NORMAL, custom_id=1))


def others(system, service):
    event = system.events_service().add(
        types.Event(description="hi", severity=types.LogSeverity.NORMAL, custom_id=7, origin="deltagate")
    )
    assert system.events_service().list(max=1)[0].id == event.id
    assert system.jobs_service().list()
    assert service.graphics_consoles_service().list()[0].protocol == types.GraphicsType.SPICE
    assert {one.name for one in service.statistics_service().list()} >= {"memory.installed", "cpu.current.total"}
    cluster = system.clusters_service().cluster_service(service.get().cluster.id)
    groups = cluster.affinity_groups_service()
    assert groups.list() == []
    group = groups.add(types.AffinityGroup(name="apart", enforcing=True, positive=False))
    assert groups.group_service(group.id).get().name == "apart"
    assert service.permissions_service().list() == []


def main(url):
    connection = connect(url)
    system = connection.system_service()
    vms = system.vms_service()
    template, profile = inventory(system)
    searches(vms)
    service = created(vms, template)
    life_cycle(service)
    nics(service, profile)
    disks(system, service)
    snapshots(service)
    disk_snapshots(system, service)
    templates(system, service)
    tags(system, vms, service)
    follow(system, vms, system.get().product_info.version)
    others(system, service)
    errors(url, system, vms)
    service.remove()
    wait_gone(service)
    connection.close()
    print("all right")


main(sys.argv[1])
