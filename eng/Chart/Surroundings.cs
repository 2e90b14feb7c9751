namespace Chart;

/// <summary>What is around the services: ways in and out, autoscalers, monitors.</summary>
internal static class Surroundings
{
    private const string Namespace = "namespaceSelector.matchLabels.kubernetes.io/metadata.name";
    private const string IsSecuredKafka = "if $.Values.kafka.user";

    public static readonly Rule[] Rules =
    [
        new("Ingress/*: spec.ingressClassName", "ingress.className"),
        new("Ingress/*: spec.tls", When: "if $.Values.ingress.tlsSecret"),
        new("Ingress/*: spec.tls.0.secretName", "ingress.tlsSecret"),
        new("Ingress/*: spec.tls.0.hosts.0", "ingress.host"),
        new("Ingress/*: spec.rules.0.host", "ingress.host"),
        new("HTTPRoute/*: spec.hostnames.0", "ingress.host"),
        new("HTTPRoute/*: spec.parentRefs.gateway.name", "ingress.gateway.name"),
        new("HTTPRoute/*: spec.parentRefs.gateway.namespace", "ingress.gateway.namespace"),

        new("HorizontalPodAutoscaler/*: spec.minReplicas", Template: "{{ int $.Values.autoscaling.ticketApi.min }}"),
        new("HorizontalPodAutoscaler/*: spec.maxReplicas", Template: "{{ int $.Values.autoscaling.ticketApi.max }}"),
        new("HorizontalPodAutoscaler/*: spec.metrics.0.resource.target.averageUtilization", "autoscaling.cpu"),
        new("ScaledObject/ticket-api: spec.minReplicaCount", "autoscaling.ticketApi.min"),
        new("ScaledObject/ticket-api: spec.maxReplicaCount", "autoscaling.ticketApi.max"),
        new("ScaledObject/ticket-api: spec.triggers.0.metadata.value", Template:
            "{{ $.Values.autoscaling.cpu | quote }}"),
        new("ScaledObject/ticket-api: spec.triggers.1.metadata.serverAddress", "autoscaling.prometheus"),
        new("ScaledObject/ticket-api: spec.triggers.1.metadata.threshold", Template:
            "{{ $.Values.autoscaling.ticketApi.requestsInFlight | quote }}"),
        new("ScaledObject/notifier: spec.minReplicaCount", "autoscaling.notifier.min"),
        new("ScaledObject/notifier: spec.maxReplicaCount", Template: "{{ int $.Values.kafka.partitions }}"),
        new("ScaledObject/notifier: spec.triggers.0.metadata.lagThreshold", Template:
            "{{ $.Values.autoscaling.notifier.lag | quote }}"),
        new("ScaledObject/notifier: spec.triggers.0.authenticationRef", When: IsSecuredKafka),
        new("ScaledObject/notifier: spec.triggers.0.metadata.sasl", When: IsSecuredKafka),
        new("ScaledObject/notifier: spec.triggers.0.metadata.tls", When: IsSecuredKafka),
        new("TriggerAuthentication/*: spec.secretTargetRef.servicedesk-kafka-user.name", "kafka.passwordSecret.name"),
        new("TriggerAuthentication/*: spec.secretTargetRef.servicedesk-kafka-user.key", "kafka.passwordSecret.key"),
        new("TriggerAuthentication/*: spec.secretTargetRef.servicedesk-kafka-cluster-ca-cert.name", "kafka.caSecret"),

        new("(ServiceMonitor|PodMonitor|PrometheusRule)/*: metadata.labels", "monitoring.labels", IsBlock: true),

        new($"NetworkPolicy/allow-ingress-to-ticket-api: spec.ingress.0.from.0.{Namespace}",
            "networkPolicies.ingressNamespace"),
        new($"NetworkPolicy/(allow-metrics|allow-metrics-of-kafka): spec.ingress.0.from.0.{Namespace}",
            "networkPolicies.monitoringNamespace"),
        new($"NetworkPolicy/allow-to-postgres: spec.ingress.2.from.0.{Namespace}",
            "networkPolicies.monitoringNamespace"),
        new($"NetworkPolicy/allow-services-to-collector: spec.egress.0.to.0.{Namespace}",
            "networkPolicies.monitoringNamespace"),
        new("NetworkPolicy/allow-services-to-postgres: spec.egress.0.to",
            When: "if eq $.Values.postgres.mode \"operator\""),
        new("NetworkPolicy/allow-services-to-postgres: spec.egress.0.ports.0.port", "postgres.port"),
        new("NetworkPolicy/allow-services-to-kafka: spec.egress.0.to",
            When: "if eq $.Values.kafka.mode \"operator\""),
        new("NetworkPolicy/allow-services-to-kafka: spec.egress.0.ports.0.port", "kafka.port"),
    ];
}
