"""The language model: training, export and use."""

import os

# Builds of onnxruntime report their use to the maker over the network and leave a device id in the
# cache folder, unless this is set before they are imported. Who wants that says so with a 0.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
