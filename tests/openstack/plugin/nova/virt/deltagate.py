"""Nova's fake hypervisor, as the tests want it. It is in Nova's own package because Nova looks nowhere else."""

import io

from nova import context as contexts
from nova import objects
from nova.compute import task_states
from nova.image import glance
from nova.virt import fake

IMAGE_BYTES = 64 * 1024


class Driver(fake.FakeDriverWithoutFakeNodes):
    """Knows its servers again after a restart, and gives an image that is made of a server a content."""

    def init_host(self, host):
        super().init_host(host)
        for server in objects.InstanceList.get_by_host(contexts.get_admin_context(), host):
            if server.power_state is not None:
                self._remember(server)

    def _remember(self, server):
        self.instances[server.uuid] = fake.FakeInstance(server.name, server.power_state, server.uuid)
        for vif in server.get_network_info():
            self._interfaces[vif["id"]] = vif

    def snapshot(self, context, instance, image_id, update_task_state):
        update_task_state(task_state=task_states.IMAGE_PENDING_UPLOAD)
        # The fake's own announcement comes below, with the state that it follows.
        super().snapshot(context, instance, image_id, lambda **_: None)
        update_task_state(
            task_state=task_states.IMAGE_UPLOADING, expected_state=task_states.IMAGE_PENDING_UPLOAD
        )
        glance.API().update(
            context,
            image_id,
            {"disk_format": "raw", "container_format": "bare"},
            data=io.BytesIO(bytes(IMAGE_BYTES)),
            purge_props=False,
        )
