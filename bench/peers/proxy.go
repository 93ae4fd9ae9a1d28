// What a user would write in Go instead: TLS in, TLS out, the token injected, Location pointed back.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
)

// usage: proxy LISTEN UPSTREAM HOST CERT KEY CA TOKEN
func main() {
	listen, upstream, host, cert, key, ca, token := os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5], os.Args[6], os.Args[7]
	pem, err := os.ReadFile(ca)
	if err != nil {
		log.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	target := &url.URL{Scheme: "https", Host: upstream}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = host
			r.Out.Header.Set("Authorization", "Basic "+token)
		},
		ModifyResponse: func(r *http.Response) error {
			r.Header.Set("Location", strings.Replace(r.Header.Get("Location"), "https://"+host, "", 1))
			return nil
		},
		Transport: &http.Transport{
			TLSClientConfig:     &tls.Config{RootCAs: roots, ServerName: host},
			MaxIdleConnsPerHost: 256,
		},
	}
	log.Fatal(http.ListenAndServeTLS(listen, cert, key, proxy))
}
