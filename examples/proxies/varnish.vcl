vcl 4.1;

backend app {
	.host = "127.0.0.1";
	.port = "8080";
	.first_byte_timeout = 75s;
	.between_bytes_timeout = 75s; # longer than a heartbeat, and than the Timeout of a page
}

# Varnish streams unless a rule sets beresp.do_stream to false. Pages of Rivulet
# say in Vary what they depend on.
