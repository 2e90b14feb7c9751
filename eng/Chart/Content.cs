namespace Chart;

/// <summary>In which file each document is, and where settings stand in it.</summary>
internal static class Content
{
    private const string Pod =
        "(Deployment|Job)/(ticket-api|outbox-relay|notifier|migrator|operator): spec.template.spec";
    private const string Container = $"{Pod}.containers.*";
    private const string IsBundledPostgres = "if eq $.Values.postgres.mode \"bundled\"";
    private const string IsOtherPostgres = "if ne $.Values.postgres.mode \"bundled\"";
    private const string IsOperatorPostgres = "if eq $.Values.postgres.mode \"operator\"";
    private const string IsBundledKafka = "if eq $.Values.kafka.mode \"bundled\"";
    private const string IsOtherKafka = "if ne $.Values.kafka.mode \"bundled\"";
    private const string IsOperatorKafka = "if eq $.Values.kafka.mode \"operator\"";
    private const string IsSecuredKafka = "if $.Values.kafka.user";

    private const string HasConsole = "if $.Values.console.enabled";

    private static readonly string[] Ours = ["ticket-api", "outbox-relay", "notifier", "migrator", "operator"];

    public static readonly Place[] Places =
    [
        new("ConfigMap/(ticket-api|outbox-relay|notifier|migrator)", "settings-*"),
        new("(Deployment|Service)/ticket-api", "ticket-api"),
        new("(Deployment|Service)/outbox-relay", "outbox-relay"),
        new("(Deployment|Service)/notifier", "notifier"),
        new("Job/migrator", "migrator"),
        new("ConfigMap/operator", "settings-operator", HasConsole),
        new("(Deployment|Service)/operator", "operator", HasConsole),
        new("ConfigMap/postgres", "settings-postgres", IsBundledPostgres),
        new("*/postgres", "postgres-bundled", IsBundledPostgres),
        new("ConfigMap/kafka", "settings-kafka", IsBundledKafka),
        new("*/kafka", "kafka-bundled", IsBundledKafka),
        new("(Cluster)/servicedesk-db", "postgres-operator", IsOperatorPostgres),
        new("(ObjectStore|ScheduledBackup)/servicedesk-db", "postgres-backup",
            "if and (eq $.Values.postgres.mode \"operator\") $.Values.postgres.backup.enabled"),
        new("PodMonitor/servicedesk-db", "monitoring-postgres",
            "if and (eq $.Values.postgres.mode \"operator\") $.Values.monitoring.enabled"),
        new("(Kafka|KafkaNodePool|KafkaUser|KafkaTopic)/*", "kafka-operator", IsOperatorKafka),
        new("PodMonitor/servicedesk-kafka", "monitoring-kafka",
            "if and (eq $.Values.kafka.mode \"operator\") $.Values.monitoring.enabled"),
        new("(ServiceMonitor|PrometheusRule)/*", "monitoring", "if $.Values.monitoring.enabled"),
        new("HorizontalPodAutoscaler/ticket-api", "autoscaling-hpa", "if eq $.Values.autoscaling.mode \"hpa\""),
        new("TriggerAuthentication/*", "autoscaling-user",
            "if and (eq $.Values.autoscaling.mode \"keda\") $.Values.kafka.user"),
        new("ScaledObject/*", "autoscaling-keda", "if eq $.Values.autoscaling.mode \"keda\""),
        new("PodDisruptionBudget/*", "disruption", "if $.Values.disruptionBudgets.enabled"),
        new("PriorityClass/*", "priority", "if $.Values.priorityClasses.create"),
        new("Ingress/ticket-api", "ingress", "if eq $.Values.ingress.kind \"Ingress\""),
        new("HTTPRoute/ticket-api", "gateway", "if eq $.Values.ingress.kind \"Gateway\""),
        new("NetworkPolicy/allow-services-to-collector", "network-collector",
            "if and $.Values.networkPolicies.enabled $.Values.otlp.endpoint"),
        new("NetworkPolicy/allow-to-postgres", "network-postgres",
            "if and $.Values.networkPolicies.enabled (eq $.Values.postgres.mode \"operator\")"),
        new("NetworkPolicy/allow-metrics-of-kafka", "network-kafka",
            "if and $.Values.networkPolicies.enabled (eq $.Values.kafka.mode \"operator\")"),
        new("NetworkPolicy/allow-ticket-api-to-token-authority", "network-authority",
            "if and $.Values.networkPolicies.enabled $.Values.tokens.authority"),
        new("NetworkPolicy/*", "network", "if $.Values.networkPolicies.enabled"),
        new("ConfigMap/*", "settings-observability", "if $.Values.observability.enabled"),
        new("(Deployment|Service)/*", "observability", "if $.Values.observability.enabled"),
    ];

    public static readonly Rule[] Rules =
    [
        new("**: metadata.namespace", Template: "{{ $.Release.Namespace }}"),
        new($"{Container}.imagePullPolicy", "image.pullPolicy"),
        .. OfService("ticket-api", "ticketApi"),
        .. OfService("outbox-relay", "outboxRelay"),
        .. OfService("notifier", "notifier"),
        .. OfService("migrator", "migrator"),
        .. OfService("operator", "console"),
        new("Deployment/operator: spec.template.spec.volumes.token.secret.secretName", "console.tokenSecret"),
        new("Deployment/outbox-relay: spec.replicas", "outboxRelay.replicas", "if $.Values.outboxRelay.replicas"),
        new("Service/ticket-api: spec.type", "ticketApi.service.type"),
        new("Service/ticket-api: spec.ports.http.nodePort", "ticketApi.service.nodePort",
            "if $.Values.ticketApi.service.nodePort"),
        new("Job/migrator: spec.ttlSecondsAfterFinished", "migrator.ttlSecondsAfterFinished",
            "if $.Values.migrator.ttlSecondsAfterFinished"),
        new("Job/migrator: metadata.name", Template:
            "migrator-{{ include \"servicedesk.migration\" $ | sha256sum | trunc 10 }}"),

        new($"{Pod}.priorityClassName", "pod.priorityClassName", "if $.Values.pod.priorityClassName"),
        new($"{Pod}.topologySpreadConstraints", When: "if $.Values.pod.spread"),
        new($"{Container}.env.POSTGRES_PASSWORD", When: IsBundledPostgres),
        new($"{Container}.env.ConnectionStrings__servicedesk", When: IsBundledPostgres),
        new($"{Container}.env.DATABASE_URL", When: IsOtherPostgres),
        new($"{Container}.env.DATABASE_URL.valueFrom.secretKeyRef.name", "postgres.secret.name"),
        new($"{Container}.env.DATABASE_URL.valueFrom.secretKeyRef.key", "postgres.secret.key"),
        // It is in production alone, and its brokers are no demo's.
        new("Deployment/operator: spec.template.spec.containers.*.env.ConnectionStrings__kafka.value", Template:
            "{{ $.Values.kafka.brokers | quote }}"),
        new($"{Container}.env.ConnectionStrings__kafka.value", "kafka.brokers"),
        new($"{Container}.env.KafkaClient__sasl.password", When: IsSecuredKafka),
        new($"{Container}.env.KafkaClient__sasl.password.valueFrom.secretKeyRef.name", "kafka.passwordSecret.name"),
        new($"{Container}.env.KafkaClient__sasl.password.valueFrom.secretKeyRef.key", "kafka.passwordSecret.key"),
        new($"{Container}.volumeMounts.kafka-ca", When: IsSecuredKafka),
        new($"{Pod}.volumes.kafka-ca", When: IsSecuredKafka),
        new($"{Pod}.volumes.kafka-ca.secret.secretName", "kafka.caSecret"),
        new("ConfigMap/*: data.KafkaClient__security.protocol", When: IsSecuredKafka),
        new("ConfigMap/*: data.KafkaClient__sasl.mechanism", "kafka.mechanism", IsSecuredKafka),
        new("ConfigMap/*: data.KafkaClient__sasl.username", "kafka.user", IsSecuredKafka),
        new("ConfigMap/*: data.KafkaClient__ssl.ca.location", When: IsSecuredKafka),
        new("ConfigMap/migrator: data.Kafka__Partitions", When: IsOtherKafka, Template:
            "{{ $.Values.kafka.partitions | quote }}"),
        new("ConfigMap/migrator: data.Kafka__ReplicationFactor", When: IsOtherKafka, Template:
            "{{ $.Values.kafka.replicationFactor | quote }}"),
        new("ConfigMap/ticket-api: data.Auth__Authority", "tokens.authority", "if $.Values.tokens.authority"),
        new("ConfigMap/ticket-api: data.Auth__Audience", "tokens.audience", "if $.Values.tokens.authority"),
        new("ConfigMap/*: data.OTEL_EXPORTER_OTLP_ENDPOINT", "otlp.endpoint", "if $.Values.otlp.endpoint"),

        .. Servers.Rules,
        .. Surroundings.Rules,
    ];

    public static readonly Insertion[] Insertions =
    [
        .. Checksums("Deployment", "ticket-api", "outbox-relay", "notifier", "operator"),
        .. Checksums("Job", "migrator"),
        .. Checksums("StatefulSet", "postgres", "kafka"),
        .. Checksums("Deployment", "prometheus", "grafana", "otel-collector"),
        .. ExtraEnv("ticket-api", "ticketApi"),
        .. ExtraEnv("outbox-relay", "outboxRelay"),
        .. ExtraEnv("notifier", "notifier"),
        .. ExtraEnv("migrator", "migrator"),
        .. ExtraEnv("operator", "console"),
        new(Pod, new("imagePullSecrets", new Block("toYaml $.Values.image.pullSecrets"),
            "if $.Values.image.pullSecrets")),
        new(Pod, new("nodeSelector", new Block("toYaml $.Values.pod.nodeSelector"), "if $.Values.pod.nodeSelector")),
        new(Pod, new("tolerations", new Block("toYaml $.Values.pod.tolerations"), "if $.Values.pod.tolerations")),
        Replicas("ticket-api", "ticketApi",
            "if and $.Values.ticketApi.replicas (eq $.Values.autoscaling.mode \"none\")"),
        Replicas("notifier", "notifier", "if and $.Values.notifier.replicas (ne $.Values.autoscaling.mode \"keda\")"),
    ];

    private static Insertion Replicas(string app, string setting, string when) => new(
        $"Deployment/{app}: spec", new("replicas", new Text($"{{{{ int $.Values.{setting}.replicas }}}}"), when));

    /// <summary>Pods start anew with new settings.</summary>
    private static IEnumerable<Insertion> Checksums(string kind, params string[] names) =>
        from name in names
        let file = kind == "Deployment" && !Ours.Contains(name) ? "observability" : name
        let sum = $"{{{{ include (print $.Template.BasePath \"/settings-{file}.yaml\") $ | sha256sum }}}}"
        select new Insertion(
            $"{kind}/{name}: spec.template.metadata",
            new("annotations", new Map([new("checksum/settings", new Text(sum))])));

    private static IEnumerable<Insertion> ExtraEnv(string app, string setting) =>
    [
        new($"(Deployment|Job)/{app}: spec.template.spec.containers.*.env",
            new("", new Block($"toYaml $.Values.{setting}.extraEnv"), $"if $.Values.{setting}.extraEnv")),
    ];

    private static Rule[] OfService(string app, string setting) =>
    [
        new($"(Deployment|Job)/{app}: spec.template.spec.containers.*.resources", $"{setting}.resources",
            IsBlock: true),
        new($"(Deployment|Job)/{app}: spec.template.spec.containers.*.image", Template:
            $"\"{{{{ with $.Values.image.registry }}}}{{{{ . }}}}/{{{{ end }}}}servicedesk/{app}:"
            + "{{ $.Values.image.tag | default $.Chart.AppVersion }}\""),
        new($"ConfigMap/{app}: data.Database__MaxPoolSize", $"{setting}.maxPoolSize",
            $"if $.Values.{setting}.maxPoolSize"),
    ];
}
