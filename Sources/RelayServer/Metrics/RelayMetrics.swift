import EventLoop
import RelayCore

/// What a relay tells Prometheus. No label comes from outside: their number is fixed by the program.
public enum RelayMetrics {
    /// The media type of `text(_:)`.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Prometheus' text format 0.0.4 of a relay's state.
    public static func text(_ status: RelayStatus) -> String {
        var text = ""
        for family in families(status) { family.write(to: &text) }
        return text
    }

    static func families(_ status: RelayStatus) -> [MetricFamily] {
        var total = Counters()
        for loop in status.loops { total += loop.counters }
        return process(status) + population(status) + traffic(status, total) + protocolCounts(status, total)
            + drops(status, total) + machine(status) + kernel(status, total) + log(status.log)
    }

    private static func process(_ status: RelayStatus) -> [MetricFamily] {
        var families = [
            MetricFamily(
                .gauge, "tern_build_info", "The program's version.",
                [.init(labels: [.init(name: "version", value: status.version)], value: 1)]),
            MetricFamily(.gauge, "tern_uptime_seconds", "Seconds since the start.", status.uptimeSeconds),
            MetricFamily(
                .gauge, "tern_draining", "1 while new allocations are refused, else 0.", status.isDraining ? 1 : 0),
            MetricFamily(
                .gauge, "tern_load_ratio", "Capacity taken, 0 (idle) to 1 (full).",
                [.init(labels: [], value: status.load)]),
            MetricFamily(.gauge, "tern_relay_ports_free", "Relay ports that are free.", status.portsFree),
            MetricFamily(.gauge, "tern_relay_ports", "Relay ports that there are.", status.portsTotal),
            MetricFamily(.gauge, "tern_resident_memory_bytes", "Bytes of resident memory.", status.residentBytes),
        ]
        if let expiry = status.certificateExpiresUnixSeconds {
            families.append(
                MetricFamily(
                    .gauge, "tern_certificate_expiry_timestamp_seconds",
                    "When the certificate in use expires, in seconds since 1970.", expiry))
        }
        return families
    }

    private static func population(_ status: RelayStatus) -> [MetricFamily] {
        func gauge(_ name: String, _ help: String, _ value: (LoopStatus) -> Double) -> MetricFamily {
            MetricFamily(.gauge, name, help, status.loops.map { perLoop($0, value($0)) })
        }
        return [
            gauge("tern_allocations", "Allocations now.") { Double($0.allocations) },
            gauge("tern_permissions", "Permissions now.") { Double($0.counters.permissions) },
            gauge("tern_channels", "Channels now.") { Double($0.counters.channels) },
            gauge("tern_users", "Users with allocations on the loop now.") { Double($0.counters.users) },
            gauge("tern_connections", "Stream connections now.") { Double($0.connections) },
            gauge("tern_http_connections", "Connections passed on to the companion now.") {
                Double($0.loopCounters.passagesOpen)
            },
            gauge("tern_loop_busy_ratio", "Share of the last seconds in which the loop did not wait, 0 to 1.") {
                ($0.busyPercent / 100).rounded(toPlaces: 6)
            },
        ]
    }

    private static func traffic(_ status: RelayStatus, _ total: Counters) -> [MetricFamily] {
        func family(
            _ name: String, _ help: String, _ value: (Counters, ClientTransport) -> UInt64
        ) -> MetricFamily {
            MetricFamily(
                .counter, name, help,
                status.loops.flatMap { loop in
                    ClientTransport.allCases.map { transport in
                        perLoop(
                            loop, Double(value(loop.counters, transport)),
                            .init(name: "transport", value: transport.name.description))
                    }
                })
        }
        return [
            family("tern_to_peers_packets_total", "Packets relayed to peers, by the client's transport.") {
                $0.toPeers($1).packets
            },
            family("tern_to_peers_bytes_total", "Bytes of payload relayed to peers, by the client's transport.") {
                $0.toPeers($1).bytes
            },
            family("tern_to_clients_packets_total", "Packets relayed to clients, by their transport.") {
                $0.toClients($1).packets
            },
            family("tern_to_clients_bytes_total", "Bytes of payload relayed to clients, by their transport.") {
                $0.toClients($1).bytes
            },
            MetricFamily(
                .counter, "tern_hairpin_packets_total", "Packets to peers that are allocations of this relay.",
                total.hairpinned.packets),
            MetricFamily(
                .counter, "tern_hairpin_bytes_total", "Bytes of payload to peers that are allocations of this relay.",
                total.hairpinned.bytes),
        ]
    }

    private static func protocolCounts(_ status: RelayStatus, _ total: Counters) -> [MetricFamily] {
        [
            MetricFamily(
                .counter, "tern_allocations_opened_total", "Allocations made.", total.allocationsOpened),
            MetricFamily(
                .counter, "tern_allocations_ended_total", "Allocations that have ended, by reason.",
                EndReason.allCases.map { sample("reason", $0.name.description, total.ended($0)) }),
            MetricFamily(
                .counter, "tern_requests_total", "Requests, by method and by outcome (success or error code).",
                CountedMethod.allCases.flatMap { method in
                    Outcome.allCases.map { outcome in
                        MetricFamily.Sample(
                            labels: [
                                .init(name: "method", value: method.name.description),
                                .init(name: "outcome", value: outcome.name.description),
                            ], value: Double(total.requests(method, outcome)))
                    }
                }),
            MetricFamily(
                .counter, "tern_unverified_asked_bytes_total",
                "Bytes over UDP from sources that had not proved their return path.", total.unverifiedBytesAsked),
            MetricFamily(
                .counter, "tern_unverified_answered_bytes_total", "Bytes answered to such sources.",
                total.unverifiedBytesAnswered),
            MetricFamily(
                .gauge, "tern_revoked_names", "Names revoked over the admin socket that are kept.",
                status.revokedNames),
            MetricFamily(
                .counter, "tern_revocations_refused_total", "Revocations refused for want of room.",
                status.revocationsRefused),
            MetricFamily(
                .counter, "tern_icmp_indications_total", "ICMP errors handed to clients.", total.icmpIndications),
        ]
    }

    private static func kernel(_ status: RelayStatus, _ total: Counters) -> [MetricFamily] {
        guard let path = status.kernelPath, path.isLoaded else { return [] }
        return [
            MetricFamily(
                .gauge, "tern_kernel_interfaces", "Interfaces on which the kernel forwards.", path.interfaces.count),
            MetricFamily(
                .counter, "tern_kernel_packets_total",
                "The part of the relayed packets, both ways together, that the kernel has forwarded.",
                total.forwarded.packets),
            MetricFamily(
                .counter, "tern_kernel_bytes_total", "The same in bytes of payload.", total.forwarded.bytes),
            MetricFamily(
                .counter, "tern_kernel_not_forwarded_total",
                "Datagrams of forwarded channels that went up to the relay, or were dropped (rate), by reason.",
                path.notForwarded.map { sample("reason", $0.reason, $0.datagrams) }),
        ]
    }

    private static func drops(_ status: RelayStatus, _ total: Counters) -> [MetricFamily] {
        let core = DropReason.allCases.map { sample("reason", $0.name.description, total.drops($0)) }
        let machine = LoopMetrics.drops.map { drop in
            sample("reason", drop.reason, status.loops.reduce(0) { $0 &+ drop.value($1.loopCounters) })
        }
        return [
            MetricFamily(
                .counter, "tern_dropped_total", "Datagrams and messages dropped, by reason.", core + machine)
        ]
    }

    private static func machine(_ status: RelayStatus) -> [MetricFamily] {
        LoopMetrics.counts.map { count in
            MetricFamily(
                .counter, count.name, count.help, status.loops.map { perLoop($0, count.value($0.loopCounters)) })
        }
    }

    private static func log(_ log: LogStatistics) -> [MetricFamily] {
        [
            MetricFamily(.counter, "tern_log_lines_total", "Lines written to the log.", log.written),
            MetricFamily(
                .counter, "tern_log_lines_dropped_total", "Log lines lost because their reader is too slow.",
                log.dropped),
            MetricFamily(
                .counter, "tern_log_lines_suppressed_total", "Log lines beyond the bound per second, by level.",
                log.suppressed.map { sample("level", $0.level, $0.lines) }),
        ]
    }

    private static func sample(_ label: String, _ value: String, _ number: UInt64) -> MetricFamily.Sample {
        MetricFamily.Sample(labels: [.init(name: label, value: value)], value: Double(number))
    }

    private static func perLoop(
        _ loop: LoopStatus, _ value: Double, _ more: MetricFamily.Label...
    ) -> MetricFamily.Sample {
        MetricFamily.Sample(labels: [.init(name: "loop", value: "\(loop.loop)")] + more, value: value)
    }
}
