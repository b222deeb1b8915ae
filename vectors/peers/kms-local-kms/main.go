// Runs the released local-kms on a free port of this machine, says where in a line of JSON, and ends with its standard
// input. Its own main listens on all interfaces.
package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"

	"github.com/nsmithuk/local-kms/src"
	"github.com/nsmithuk/local-kms/src/config"
	"github.com/nsmithuk/local-kms/src/data"
	"github.com/sirupsen/logrus"
)

func main() {
	config.AWSRegion, config.AWSAccountId = "us-east-1", "111122223333"
	folder, err := os.MkdirTemp("", "local-kms-")
	if err != nil {
		logrus.Fatal(err)
	}
	defer os.RemoveAll(folder)
	database := data.NewDatabase(folder)
	defer database.Close()

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		logrus.Fatal(err)
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { src.HandleRequest(w, r, database) })
	go http.Serve(listener, handler)
	json.NewEncoder(os.Stdout).Encode(map[string]string{"endpoint": "http://" + listener.Addr().String()})
	io.Copy(io.Discard, os.Stdin)
}
