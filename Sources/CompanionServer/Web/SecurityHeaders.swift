import HTTPTypes

/// Header fields that every answer carries.
enum SecurityHeaders {
    /// Two years, what preload lists ask for [RFC 6797].
    private static let everywhere: [(String, String)] = [
        ("strict-transport-security", "max-age=63072000"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-permitted-cross-domain-policies", "none"),
    ]

    /// What the pages may do: camera, microphone and screen are what a call is made of; the rest is nobody's.
    private static let permissions = [
        "camera=(self)", "microphone=(self)", "display-capture=(self)", "fullscreen=(self)", "autoplay=(self)",
        "speaker-selection=(self)", "clipboard-write=(self)", "screen-wake-lock=(self)", "picture-in-picture=(self)",
        "clipboard-read=()", "geolocation=()", "payment=()", "usb=()", "serial=()", "hid=()",
        "midi=()", "accelerometer=()", "gyroscope=()", "magnetometer=()", "browsing-topics=()",
        "publickey-credentials-get=()",
    ].joined(separator: ", ")

    /// Scripts, styles and connections come from here alone ('self' covers wss: to the same host); pictures may also
    /// be made in the page. Nothing embeds the page, nothing rewrites where its links lead.
    private static let pagePolicy = [
        "default-src 'self'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:",
        "media-src 'self' blob:", "connect-src 'self'", "font-src 'self'", "worker-src 'self'", "object-src 'none'",
        "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    private static let nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    /// For pages and what they are made of.
    static let page: [(String, String)] =
        everywhere + [
            ("content-security-policy", pagePolicy), ("permissions-policy", permissions),
            ("cross-origin-embedder-policy", "require-corp"),
        ]

    /// For answers of the API: data, never a document, and never kept.
    static let api: [(String, String)] =
        everywhere + [("content-security-policy", nothing), ("cache-control", "no-store")]

    /// For files that people shared: whatever is in them, no browser runs it.
    static let attachment: [(String, String)] =
        everywhere + [("content-security-policy", nothing + "; sandbox"), ("cache-control", "no-store")]

    /// Puts `headers` into `fields`, in the place of what is there.
    static func apply(_ headers: [(String, String)], to fields: inout HTTPFields) {
        for (name, value) in headers {
            guard let name = HTTPField.Name(name) else { continue }
            fields[name] = value
        }
    }
}
