.PHONY: help demo test hostile cuts check bench generate screenshots

TEMPL = go run github.com/a-h/templ/cmd/templ@$(shell go list -m -f '{{.Version}}' github.com/a-h/templ)

help: ## say what there is to make (the default)
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 14

demo: ## build and run the demo, and print its address; with NATS_URL=embedded, with a NATS server
	@sh scripts/demo.sh

test: ## install the browsers where possible, then run every test of every module
	@sh scripts/install.sh
	@HOSTILE=1m go run scripts/test.go

hostile: ## attack the demo and a nasty site for an hour, with the race detector
	@go -C internal/e2e test -race -count=1 -timeout=90m -run=Attacks -v ./hostiletest -hostile=1h
	@go -C examples test -race -count=1 -timeout=90m -run=Attacks -v ./demo -hostile=1h

cuts: ## cut a page with keys at every byte, in Chromium and Firefox: an hour
	@EVERY_BYTE=1 go -C internal/e2e test -count=1 -timeout=3h -run='^Test(Chromium|ChromiumRuntime|ChromiumNoScript|Firefox)$$/at_any_byte' -v ./browsertest

check: ## vet, staticcheck, gofmt, tidy modules, fresh generated files, known vulnerabilities
	@sh scripts/check.sh

bench: ## compare pages with plain templ.Handler and hand-made programs, events with go-sse, a broker on NATS with one in memory, chunks with innerHTML
	@sh scripts/bench.sh

generate: ## make the generated files again: templ's Go, the minified scripts, the copy of the starter
	$(TEMPL) generate
	go generate ./...

screenshots: ## take the pictures in docs/pictures and in the testdata of examples/demo and internal/e2e/inspecttest, with Chromium
	go -C examples test ./cities -run=Pictures -count=1 -v -update
	go -C examples test -tags=nats ./demo -run=Screenshots -count=1 -v -update
	go -C internal/e2e test ./inspecttest -run=TestInChromium -count=1 -v -update
