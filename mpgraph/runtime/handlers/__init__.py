"""Input stream handlers. Importing this package registers all of them."""

from mpgraph.runtime.handlers import barrier as barrier
from mpgraph.runtime.handlers import default as default
from mpgraph.runtime.handlers import fixed_size as fixed_size
from mpgraph.runtime.handlers import immediate as immediate
from mpgraph.runtime.handlers import mux as mux
from mpgraph.runtime.handlers import sync_set as sync_set
from mpgraph.runtime.handlers import timestamp_align as timestamp_align
from mpgraph.runtime.handlers.base import CLOSE as CLOSE
from mpgraph.runtime.handlers.base import NOT_READY as NOT_READY
from mpgraph.runtime.handlers.base import READY as READY
from mpgraph.runtime.handlers.base import InputStreamHandler as InputStreamHandler
from mpgraph.runtime.handlers.base import Readiness as Readiness
from mpgraph.runtime.handlers.base import handler_class as handler_class
from mpgraph.runtime.handlers.base import register_input_stream_handler as register_input_stream_handler
