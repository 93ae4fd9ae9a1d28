export interface NginxPeer {
  port: number
  upstreamPort: number
  upstreamHost: string
  certificate: string
  key: string
  ca: string
  token: string
  directory: string
}

/** An nginx that does the same work as well as it can: one worker, kept-alive upstream connections, nothing buffered. */
export function nginxConfiguration(peer: NginxPeer): string {
  return `
daemon off;
worker_processes 1;
pid ${peer.directory}/nginx.pid;
error_log ${peer.directory}/error.log warn;
events { worker_connections 4096; }
http {
  access_log ${peer.directory}/access.log;
  client_body_temp_path ${peer.directory}/body;
  proxy_temp_path ${peer.directory}/proxy;
  fastcgi_temp_path ${peer.directory}/fastcgi;
  uwsgi_temp_path ${peer.directory}/uwsgi;
  scgi_temp_path ${peer.directory}/scgi;
  upstream ecr { server 127.0.0.1:${peer.upstreamPort}; keepalive 256; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${peer.port} ssl;
    ssl_certificate ${peer.certificate};
    ssl_certificate_key ${peer.key};
    ssl_protocols TLSv1.2 TLSv1.3;
    keepalive_requests 1000000;
    client_max_body_size 0;
    location / {
      proxy_pass https://ecr;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host ${peer.upstreamHost};
      # A parameter of the configuration has at most 4096 bytes, and a token more.
      set $first "${peer.token.slice(0, 3000)}";
      set $second "${peer.token.slice(3000)}";
      proxy_set_header Authorization "Basic $first$second";
      proxy_redirect https://${peer.upstreamHost}/ /;
      proxy_ssl_verify on;
      proxy_ssl_trusted_certificate ${peer.ca};
      proxy_ssl_server_name on;
      proxy_ssl_name ${peer.upstreamHost};
      proxy_ssl_protocols TLSv1.2 TLSv1.3;
      proxy_request_buffering off;
      proxy_buffering off;
      proxy_buffer_size 32k;
      proxy_buffers 4 32k;
    }
  }
}
`
}
