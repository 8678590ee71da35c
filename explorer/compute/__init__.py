"""Where programs run: in processes of their own, on the devices that there are."""

from explorer.compute.devices import Device, devices
from explorer.compute.runs import run, scene

__all__ = ["Device", "devices", "run", "scene"]
