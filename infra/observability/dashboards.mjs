// Writes the dashboards: node infra/observability/dashboards.mjs infra/observability/dashboards
// Grafana's own form repeats the same twenty lines for each panel; here a panel is one entry.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const datasource = { type: "prometheus", uid: "${datasource}" };
const rate = (metric, by = "") => `sum${by && ` by (${by})`}(rate(${metric}[$__rate_interval]))`;
const quantile = (q, metric) => `histogram_quantile(${q}, ${rate(`${metric}_bucket`, "le")})`;

/** A panel of lines; each query is [expression, legend]. */
const lines = (title, description, unit, ...queries) => ({
  type: "timeseries", title, description, datasource,
  fieldConfig: { defaults: { unit, min: 0, custom: { fillOpacity: 10, showPoints: "never" } }, overrides: [] },
  options: { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi", sort: "desc" } },
  targets: queries.map(([expr, legendFormat], i) => ({
    refId: String.fromCharCode(65 + i), datasource, expr, legendFormat, exemplar: true,
  })),
});

const heatmap = (title, description, metric) => ({
  type: "heatmap", title, description, datasource,
  options: {
    calculate: false, yAxis: { unit: "s" }, color: { mode: "scheme", scheme: "Spectral" },
    cellGap: 1, tooltip: { mode: "single" },
  },
  targets: [{
    refId: "A", datasource, expr: rate(`${metric}_bucket`, "le"), legendFormat: "{{le}}", format: "heatmap",
    exemplar: true,
  }],
});

const route = (method, status) =>
  `http_server_request_duration_seconds_count{http_request_method="${method}",http_response_status_code="${status}"}`;

const dashboards = {
  pipeline: ["ServiceDesk: pipeline", [
    lines("Accepted", "Tickets created and changed. Each is one event.", "ops",
      [rate(route("POST", "201")), "created"], [rate(route("PATCH", "200")), "changed"]),
    lines("Published and processed", "In peace both equal what is accepted.", "ops",
      [rate("outbox_published_total"), "published"], [rate('notify_processed_total{status="ok"}'), "processed"]),
    lines("Backlog", "Events not sent yet; above 1,000 estimated by their ids.", "short",
      ["max(outbox_pending)", "pending"]),
    lines("Outbox lag", "Age of the oldest event that is not sent. OutboxLag pages at 60 s.", "s",
      ["max(outbox_lag_seconds)", "lag"]),
    heatmap("Publish latency", "A batch, from the producer to its last delivery report.",
      "outbox_publish_duration_seconds"),
    heatmap("End-to-end latency", "From the outbox row to the effect. The objective is 99.9 % within 5 s.",
      "notify_end_to_end_seconds"),
    lines("End-to-end quantiles", "", "s",
      [quantile(0.5, "notify_end_to_end_seconds"), "p50"], [quantile(0.99, "notify_end_to_end_seconds"), "p99"],
      [quantile(0.999, "notify_end_to_end_seconds"), "p99.9"]),
    lines("Effects later than 5 s", "Share of all effects; 0.1 % is the budget.", "percentunit",
      [`1 - ${rate('notify_end_to_end_seconds_bucket{le=~"5|5[.]0"}')}`
        + ` / ${rate("notify_end_to_end_seconds_count")}`, "late"]),
    lines("Failures", "Attempts that did not succeed, at publishing by type and at processing by reason.", "ops",
      [rate("outbox_failed_total", "event_type"), "publish {{event_type}}"],
      [rate("notify_errors_total", "reason"), "process {{reason}}"]),
    lines("Dead letters", "What can never be published or processed.", "short",
      ["sum by (event_type) (increase(outbox_dead_total[$__rate_interval]))", "publish {{event_type}}"],
      ['sum by (event_type) (increase(notify_processed_total{status="dead"}[$__rate_interval]))',
        "process {{event_type}}"]),
    lines("Lost claims and expired leases", "Relays that died, froze, or are too slow for their lease.", "ops",
      [rate("outbox_lost_claims_total"), "lost claims"], [rate("outbox_reaped_total"), "expired leases"]),
    lines("Duplicates", "Events delivered again and skipped (P2).", "ops",
      [rate('notify_processed_total{status="duplicate"}'), "skipped"]),
    lines("Consumer lag by partition", "Messages behind the notifier's position.", "short",
      ["sum by (partition) (notify_lag)", "{{partition}}"]),
    lines("Partitions in retry", "Paused while their failed messages are tried again.", "short",
      ["sum(notify_retrying)", "retrying"]),
    lines("Age of the last event", "Seconds since a relay sent and a notifier processed one; idle time counts.", "s",
      ["time() - max(outbox_last_sent_timestamp > 0)", "sent"],
      ["time() - max(notify_last_processed_unix > 0)", "processed"]),
    lines("Messages by OpenTelemetry's names", "The same flow, for dashboards that know no names of ours.", "ops",
      [rate("messaging_client_sent_messages_total", "messaging_system"), "sent to {{messaging_system}}"],
      [rate("messaging_client_consumed_messages_total", "messaging_system"), "read from {{messaging_system}}"]),
  ]],
  services: ["ServiceDesk: services", [
    lines("Requests by status", "", "reqps",
      [rate("http_server_request_duration_seconds_count", "http_response_status_code"),
        "{{http_response_status_code}}"]),
    heatmap("Request duration", "", "http_server_request_duration_seconds"),
    lines("Request quantiles", "", "s",
      [quantile(0.5, "http_server_request_duration_seconds"), "p50"],
      [quantile(0.99, "http_server_request_duration_seconds"), "p99"]),
    lines("Readiness", "1 while a check holds.", "short",
      ["min by (job, check) (service_ready)", "{{job}} {{check}}"]),
    lines("Connections in use", "Of each pool, against its most.", "short",
      ['sum by (job, instance) (db_client_connection_count{db_client_connection_state="used"})',
        "{{job}} {{instance}}"],
      ["max by (job) (db_client_connection_max)", "most {{job}}"]),
    lines("Statements", "p99 of the time that Postgres takes, by service.", "s",
      [`histogram_quantile(0.99, ${rate("db_client_operation_duration_seconds_bucket", "le, job")})`, "{{job}}"]),
    lines("Processor", "Cores in use.", "short",
      [rate("dotnet_process_cpu_time_seconds_total", "job, instance"), "{{job}} {{instance}}"]),
    lines("Memory", "Working set.", "bytes",
      ["sum by (job, instance) (dotnet_process_memory_working_set_bytes)", "{{job}} {{instance}}"]),
    lines("Garbage collection", "Share of the time that it paused the service.", "percentunit",
      [rate("dotnet_gc_pause_time_seconds_total", "job, instance"), "{{job}} {{instance}}"]),
    lines("Thread pool", "Work items that wait for a thread.", "short",
      ["sum by (job, instance) (dotnet_thread_pool_queue_length_total)", "{{job}} {{instance}}"]),
    lines("Exceptions", "", "ops", [rate("dotnet_exceptions_total", "job, error_type"), "{{job}} {{error_type}}"]),
  ]],
  servers: ["ServiceDesk: Postgres and Kafka", [
    lines("Instances", "Postgres instances that answer their exporter; brokers in the cluster.", "short",
      ["sum(cnpg_collector_up)", "postgres"], ["max(kafka_brokers)", "kafka"]),
    lines("Disk", "Share of each volume that is used.", "percentunit",
      ["1 - kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes", "{{persistentvolumeclaim}}"]),
    lines("Database size", "", "bytes",
      ['max by (datname) (cnpg_pg_database_size_bytes{datname="servicedesk"})', "{{datname}}"]),
    lines("Sessions", "", "short", ["sum by (state) (cnpg_backends_total)", "{{state}}"]),
    lines("Oldest transaction", "It keeps what was sent since from being cleaned up.", "s",
      ["max(cnpg_backends_max_tx_duration_seconds)", "oldest"]),
    lines("Transactions", "", "ops",
      [rate("cnpg_pg_stat_database_xact_commit", "datname"), "committed {{datname}}"],
      [rate("cnpg_pg_stat_database_xact_rollback", "datname"), "rolled back {{datname}}"]),
    lines("Replication lag", "", "s", ["max by (pod) (cnpg_pg_replication_lag)", "{{pod}}"]),
    lines("WAL kept for replication slots", "A slot without a reader keeps WAL until the disk is full.", "bytes",
      ["max by (slot_name) (cnpg_pg_replication_slots_pg_wal_lsn_diff)", "{{slot_name}}"]),
    lines("Under-replicated partitions", "Fewer replicas in sync than there should be.", "short",
      ["sum by (topic) (kafka_topic_partition_under_replicated_partition)", "{{topic}}"]),
    lines("Messages", "", "ops",
      [rate("kafka_topic_partition_current_offset", "topic"), "{{topic}}"]),
    lines("Lag of the group", "As the broker sees it; what is read and not committed counts.", "short",
      ["sum by (consumergroup, topic) (kafka_consumergroup_lag)", "{{consumergroup}} {{topic}}"]),
  ]],
};

const [folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
for (const [name, [title, panels]] of Object.entries(dashboards)) {
  const dashboard = {
    uid: `servicedesk-${name}`, title, tags: ["servicedesk"], schemaVersion: 39, editable: false, timezone: "browser",
    refresh: "30s", time: { from: "now-1h", to: "now" },
    templating: {
      list: [{ name: "datasource", label: "Data source", type: "datasource", query: "prometheus" }],
    },
    panels: panels.map((panel, i) => ({
      id: i + 1, gridPos: { x: (i % 2) * 12, y: Math.floor(i / 2) * 8, w: 12, h: 8 }, ...panel,
    })),
  };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(dashboard, null, 2) + "\n");
}
