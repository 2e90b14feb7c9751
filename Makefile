# Everything is `dotnet run`, `dotnet format`, or a script in scripts/, each with --help; this file only names them.

SHELL := bash

.DEFAULT_GOAL := help
.PHONY: help run test chaos alerts bench e2e check db-up db-down migrate-up run-ticket run-relay run-notify \
	run-operator manifests FORCE
.PHONY: images sbom kind-demo kind-up kind-load kind-down k8s-apply k8s-e2e k8s-status k8s-urls k8s-logs k8s-down

help: ## show this list
	@grep -hE '^[a-z0-9%-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([^:]+):.*## (.*)/  make \1|\2/' | \
		while IFS='|' read -r name text; do printf '%-20s %s\n' "$$name" "$$text"; done

run: ## build and run the whole system with its dashboard; Ctrl-C stops it; ARGS="--infrastructure local" and more
	@source scripts/lib/load.sh; exec dotnet run -c Release --project ServiceDesk.AppHost -- $(ARGS)

test: ## build everything and run all tests; NATIVE=1 on the services as they are deployed
	@NATIVE="$(NATIVE)" scripts/test.sh

alerts: ## strike one fault after another, and check that each raises its alerts; needs prometheus, takes 5 minutes
	@ALERTS=1 scripts/chaos.sh

chaos: ## break everything for MINUTES=5 under load, then check every promise; SEED=n repeats a run's faults; HOLD=1
	@MINUTES="$(MINUTES)" SEED="$(SEED)" NATIVE="$(NATIVE)" HOLD="$(HOLD)" scripts/chaos.sh

bench: ## measure everything beside its baselines; CASE=relay measures one; QUICK=1
	@CASE="$(CASE)" QUICK="$(QUICK)" scripts/bench.sh

e2e: ## check the whole pipeline on this machine
	@scripts/e2e_local.sh

check: ## format, analyzers and tests: what CI wants to see
	dotnet format ServiceDesk.sln --verify-no-changes
	shellcheck -x -a scripts/*.sh .ci/run
	@scripts/test.sh

db-up: ## start the local infrastructure (Postgres and Kafka)
	@scripts/infra.sh up

db-down: ## stop it; the database's data stays
	@scripts/infra.sh down

migrate-up: ## bring the database's schema and Kafka's topics up to date
	@scripts/service.sh migrator

run-ticket: ## run the HTTP API alone
	@scripts/service.sh ticket-api

run-relay: ## run the outbox relay alone
	@scripts/service.sh outbox-relay

run-notify: ## run the notifier alone
	@scripts/service.sh notifier

run-operator: ## run the operator's console alone
	@scripts/service.sh operator

manifests: ## write infra/k8s/base from the AppHost, with aspirate
	@scripts/manifests.sh

images: ## build the services' images, with the SDK alone
	@scripts/images.sh

sbom: ## what is in the images, as CycloneDX documents in .local/sbom
	@cd eng/supply-chain && dotnet tool restore >/dev/null && for image in migrator:Migrator ticket-api:TicketApi \
		outbox-relay:OutboxRelay notifier:Notifier operator:Operator; do dotnet CycloneDX \
		../../ServiceDesk.$${image#*:}/*.csproj \
		--output ../../.local/sbom --filename $${image%:*}.json --output-format Json --include-project-references \
		--disable-package-restore || exit; done

kind-demo: ## everything in a Kubernetes cluster on this machine, with ingress and dashboards, checked
	@scripts/k8s.sh demo

kind-up: ## make a Kubernetes cluster on this machine
	@scripts/k8s.sh up

kind-load: ## bring the images into it
	@scripts/k8s.sh load

k8s-apply: ## put the whole system into it and wait until it is ready
	@scripts/k8s.sh apply

k8s-e2e: ## check the whole pipeline in it
	@scripts/k8s.sh e2e

k8s-status: ## what runs in it, with its latest warnings
	@scripts/k8s.sh status

k8s-urls: ## where it is reached
	@scripts/k8s.sh urls

k8s-logs: ## follow the logs of all pods in it; SERVICE=ticket-api of one service's
	@scripts/k8s.sh logs $(SERVICE)

k8s-down: ## delete the cluster with all its data
	@scripts/k8s.sh down

kind-down: k8s-down

diag-%: FORCE ## look inside: diag-outbox, -processed, -lag, -topics, -peek, -groups, -group; ARGS="..."
	@scripts/diag.sh $* $(ARGS)
