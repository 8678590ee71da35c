"""Where programs run: devices and what they may be."""

from explorer.compute.devices import Device, devices

__all__ = ["Device", "devices"]
