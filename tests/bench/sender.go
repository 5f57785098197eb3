// The sender to compare with: Go's net/http, crypto/hmac, a fresh timestamp and event id for each request.
// sender URL BODY_FILE SECRET CONNECTIONS SECONDS; prints how many requests were answered 200 and how many were not.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	url, secret := os.Args[1], []byte(os.Args[3])
	template, err := os.ReadFile(os.Args[2])
	if err != nil {
		panic(err)
	}
	at := bytes.Index(template, []byte("\"evt_")) + 5
	connections, _ := strconv.Atoi(os.Args[4])
	seconds, _ := strconv.ParseFloat(os.Args[5], 64)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
	var number, good, bad atomic.Uint64
	end := time.Now().Add(time.Duration(seconds * float64(time.Second)))
	var all sync.WaitGroup
	for i := 0; i < connections; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			body := append([]byte(nil), template...)
			for time.Now().Before(end) {
				copy(body[at:], fmt.Sprintf("%016d", number.Add(1)))
				now := strconv.FormatInt(time.Now().Unix(), 10)
				mac := hmac.New(sha256.New, secret)
				mac.Write([]byte(now + "."))
				mac.Write(body)
				request, _ := http.NewRequest("POST", url, bytes.NewReader(body))
				request.Header.Set("Content-Type", "application/json; charset=utf-8")
				request.Header.Set("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
				request.Header.Set("Stripe-Signature", "t="+now+",v1="+hex.EncodeToString(mac.Sum(nil)))
				answer, err := client.Do(request)
				if err != nil {
					bad.Add(1)
					continue
				}
				io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
				if answer.StatusCode == 200 {
					good.Add(1)
				} else {
					bad.Add(1)
				}
			}
		}()
	}
	all.Wait()
	fmt.Println(good.Load(), bad.Load())
}
