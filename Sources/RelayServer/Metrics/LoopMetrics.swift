import EventLoop

/// The machine's counters as metrics: one table, so that a counter is named once.
enum LoopMetrics {
    /// A counter of every loop.
    struct Count: Sendable {
        let name: String
        let help: String
        let value: @Sendable (LoopCounters) -> Double
    }

    /// A way in which the machine loses datagrams or messages.
    struct Drop: Sendable {
        let reason: String
        let value: @Sendable (LoopCounters) -> UInt64
    }

    static let counts: [Count] = [
        Count(name: "tern_loop_turns_total", help: "Turns of the event loop.") { Double($0.turns) },
        Count(name: "tern_loop_busy_seconds_total", help: "Seconds in which the event loop did not wait.") {
            Double($0.busyNanoseconds) / 1e9
        },
        Count(name: "tern_loop_receive_calls_total", help: "System calls that received datagrams.") {
            Double($0.receiveCalls)
        },
        Count(name: "tern_loop_send_calls_total", help: "System calls that sent datagrams.") { Double($0.sendCalls) },
        Count(
            name: "tern_loop_overloads_total",
            help: "Times more came in from clients than the loop could do, and their queue was made shallow."
        ) { Double($0.overloads) },
        Count(name: "tern_kernel_channels_total", help: "Channels handed to the kernel.") {
            Double($0.channelsForwarded)
        },
        Count(
            name: "tern_kernel_channels_refused_total", help: "Channels that the kernel had no room for."
        ) { Double($0.forwardingRefused) },
        Count(
            name: "tern_loop_segmentation_fallbacks_total", help: "Runs of datagrams that had to be sent one by one."
        ) { Double($0.segmentationFallbacks) },
        Count(name: "tern_loop_handed_over_total", help: "Datagrams handed to another event loop.") {
            Double($0.handedOver)
        },
        Count(name: "tern_relay_open_failures_total", help: "Relay sockets that could not be opened.") {
            Double($0.relayOpenFailures)
        },
        Count(name: "tern_connections_accepted_total", help: "Stream connections accepted.") {
            Double($0.connectionsAccepted)
        },
        Count(name: "tern_connections_refused_total", help: "Stream connections refused because the table was full.") {
            Double($0.connectionsRefused)
        },
        Count(
            name: "tern_connections_over_source_total",
            help: "Stream connections reset because their source had too many."
        ) { Double($0.connectionsOverSource) },
        Count(name: "tern_connections_timed_out_total", help: "Stream connections closed for saying nothing useful.") {
            Double($0.connectionsTimedOut)
        },
        Count(
            name: "tern_connections_invalid_total",
            help: "Stream connections closed for bytes that are neither STUN nor ChannelData."
        ) { Double($0.connectionsInvalid) },
        Count(name: "tern_descriptors_exhausted_total", help: "Times no descriptor was left to accept with.") {
            Double($0.descriptorsExhausted)
        },
        Count(name: "tern_tls_handshakes_total", help: "TLS handshakes completed.") { Double($0.handshakes) },
        Count(name: "tern_tls_handshake_failures_total", help: "TLS handshakes that failed.") {
            Double($0.handshakeFailures)
        },
        Count(name: "tern_http_passed_total", help: "Connections with HTTP that were passed on to the companion.") {
            Double($0.passagesOpened)
        },
        Count(name: "tern_http_refused_total", help: "Connections with HTTP that could not be passed on.") {
            Double($0.passagesRefused)
        },
    ]

    static let drops: [Drop] = [
        Drop(reason: "send_queue_full") { $0.sendQueueFull },
        Drop(reason: "send_error") { $0.sendErrors },
        Drop(reason: "client_receive_queue_full") { $0.clientReceiveDrops },
        Drop(reason: "relay_receive_queue_full") { $0.relayReceiveDrops },
        Drop(reason: "too_long") { $0.truncated },
        Drop(reason: "output_queue_full") { $0.outputDroppedFull },
        Drop(reason: "output_queue_late") { $0.outputDroppedLate },
        Drop(reason: "hand_over_queue_full") { $0.handOverDropped },
    ]
}
