internal import Credentials
internal import STUN

extension Relay {
    /// One STUN message from a client: a datagram, or what was framed in a stream. ChannelData never comes here.
    ///
    /// - Parameters:
    ///   - datagram: the message.
    ///   - client: where it came from.
    ///   - now: the present.
    ///   - reply: where an answer is written to: `replyByteCount` bytes at least.
    public mutating func receive(
        message datagram: RawSpan, from client: ClientRoute, now: Now, reply: inout MutableRawSpan
    ) -> MessageVerdict {
        if pending != nil { abandonPending(now) }
        guard isPossibleSource(client.tuple) else { return drop(.invalidSource) }

        let index: MessageIndex
        do throws(ParseFailure) {
            index = try MessageIndex.parse(datagram)
        } catch {
            return unreadable(DropReason(error), client)
        }
        guard MessageSeal.hasValidFingerprint(datagram, index) else { return unreadable(.badFingerprint, client) }

        switch index.type.messageClass {
        case .request: return request(datagram, index, client, now, &reply)
        case .indication: return indication(datagram, index, client, now)
        case .success, .error: return drop(.unexpectedMessage)
        }
    }

    /// Whether a packet can have come from there: no answer may go to nowhere, to many, or to this relay itself.
    private func isPossibleSource(_ tuple: FiveTuple) -> Bool {
        let client = tuple.client
        guard client.port != 0, !client.ip.isUnspecified, !client.ip.isMulticastOrBroadcast else { return false }
        if tuple.transport.isStream { return true }
        return !settings.listeners.contains(client) && directory.lookup(client) == nil
    }

    private mutating func request(
        _ datagram: RawSpan, _ index: MessageIndex, _ client: ClientRoute, _ now: Now, _ reply: inout MutableRawSpan
    ) -> MessageVerdict {
        switch index.type.method {
        case .binding: return binding(datagram, index, client, now, &reply)
        case .allocate, .refresh, .createPermission, .channelBind: break
        default:
            count.count(index.type.method, .dropped)
            return drop(.unexpectedMessage)
        }

        switch authenticate(datagram, index, client, now, &reply) {
        case .answered(let verdict): return verdict
        case .known(let identity):
            let request = Request(index: index, route: client, identity: identity)
            do throws(Refused) {
                return try perform(request, datagram, now, &reply)
            } catch {
                return refuse(request, error, now, &reply)
            }
        }
    }

    private mutating func perform(
        _ request: Request, _ datagram: RawSpan, _ now: Now, _ reply: inout MutableRawSpan
    ) throws(Refused) -> MessageVerdict {
        // Checked once the sender is known [RFC 8489 6.3].
        let unknown = unknownAttributes(request.index)
        if !unknown.isEmpty { throw Refused(.unknownAttribute, .unknownAttribute(unknown[0])) }
        switch request.index.type.method {
        case .allocate: return try allocate(request, datagram, now, &reply)
        case .refresh: return try refresh(request, datagram, now, &reply)
        case .createPermission: return try createPermission(request, datagram, now, &reply)
        default: return try channelBind(request, datagram, now, &reply)
        }
    }

    private mutating func indication(
        _ datagram: RawSpan, _ index: MessageIndex, _ client: ClientRoute, _ now: Now
    ) -> MessageVerdict {
        switch index.type.method {
        case .send: return sendIndication(datagram, index, client.tuple, now)
        case .binding: return drop(.keepalive)
        default: return drop(.unexpectedMessage)
        }
    }

    /// Comprehension-required attributes that this relay does not understand. Some of them are known by name: they
    /// belong to extensions it does not have.
    func unknownAttributes(_ index: MessageIndex) -> UnknownTypes {
        var unknown = index.unknownRequired
        if index.changeRequest != nil { unknown.append(.changeRequest) }
        if index.accessToken != nil { unknown.append(.accessToken) }
        if index.padding != nil { unknown.append(.padding) }
        if index.responsePort != nil { unknown.append(.responsePort) }
        if index.connectionID != nil { unknown.append(.connectionID) }
        return unknown
    }

    // MARK: Ends

    mutating func drop(_ reason: DropReason) -> MessageVerdict {
        count.count(reason)
        return .drop(reason)
    }

    /// Bytes that are no message: silence over UDP; a stream has lost its framing for good.
    private mutating func unreadable(_ reason: DropReason, _ client: ClientRoute) -> MessageVerdict {
        count.count(reason)
        return client.tuple.transport.isStream ? .closeConnection(reason) : .drop(reason)
    }

    /// Ends a success response and sends it.
    mutating func succeed(
        _ request: Request, _ writer: inout MessageWriter, _ reply: inout MutableRawSpan
    ) -> MessageVerdict {
        authenticator.seal(
            &writer, for: request.identity, fingerprint: request.index.fingerprint != nil, into: &reply)
        count.count(request.index.type.method, writer.overflowed ? .dropped : .success)
        return writer.overflowed ? .drop(.badLength) : .reply(writer.count)
    }

    /// The beginning of a success response.
    func success(_ request: Request, _ reply: inout MutableRawSpan) -> MessageWriter {
        MessageWriter(
            MessageType(request.index.type.method, .success), request.index.transactionID, into: &reply)
    }

    /// Answers an authenticated request that is not carried out.
    mutating func refuse(
        _ request: Request, _ refused: Refused, _ now: Now, _ reply: inout MutableRawSpan
    ) -> MessageVerdict {
        note(request, refused, now)
        var writer = MessageWriter(
            MessageType(request.index.type.method, .error), request.index.transactionID, into: &reply)
        writer.append(error: refused.code, into: &reply)
        if refused.code == .unknownAttribute {
            writer.append(unknown: unknownAttributes(request.index), into: &reply)
        }
        if refused.code == .tryAlternate, let server = alternateServer(for: request.route.tuple.client.family) {
            writer.append(.alternateServer, plain: server, into: &reply)
        }
        authenticator.seal(
            &writer, for: request.identity, fingerprint: request.index.fingerprint != nil, into: &reply)
        return writer.overflowed ? .drop(.badLength) : .reply(writer.count)
    }

    func alternateServer(for family: AddressFamily) -> TransportAddress? {
        settings.alternateServers.first { $0.family == family }
    }

    private mutating func note(_ request: Request, _ refused: Refused, _ now: Now) {
        count.count(request.index.type.method, Outcome(refused.code))
        refusalRing.append(
            RefusalRecord(
                unixSeconds: now.unixSeconds, client: request.route.tuple.client,
                transport: request.route.tuple.transport, method: request.index.type.method, code: refused.code,
                username: LogText.escape(request.identity.username), reason: refused.reason))
    }
}

extension IPAddress {
    /// Addresses of many: 224/4, 255.255.255.255, ff00::/8.
    var isMulticastOrBroadcast: Bool {
        family == .ipv4 ? ipv4 >> 28 == 14 || ipv4 == .max : high >> 56 == 0xFF
    }
}
