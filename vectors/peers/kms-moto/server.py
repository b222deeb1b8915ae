"""Runs moto's server on a free port of this machine, says where in a line of JSON, and ends with its standard input."""
import json
import logging
import sys

from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
print(json.dumps({"endpoint": "http://{}:{}".format(host, port)}), flush=True)
sys.stdin.read()
server.stop()
