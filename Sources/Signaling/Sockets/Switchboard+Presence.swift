// Who is there. People are told about those whom they see, and not of each change of a network.
extension Switchboard {
    /// Whom a person sees has changed.
    public mutating func setContacts(_ contacts: Contacts, of person: PersonID) {
        people[person]?.contacts = contacts
    }

    /// A person has a connection.
    mutating func arrived(_ person: PersonID, now: Int64) {
        leaving[person] = nil
        guard people[person]?.isOnline == false else { return }
        people[person]?.isOnline = true
        tellPresence(of: person, now: now)
    }

    /// A person may have lost the last connection.
    mutating func departed(_ id: PersonID, now: Int64) {
        guard let person = people[id], !person.sockets.contains(where: { sockets[$0]?.connection != nil }) else {
            return
        }
        if person.isOnline, leaving[id] == nil { leaving[id] = now + limits.presenceGraceMilliseconds }
        forgetIfGone(id)
    }

    /// People whose moment of grace is over.
    mutating func expirePresence(now: Int64) {
        for (person, deadline) in leaving.sorted(by: { $0.key < $1.key }) where deadline <= now {
            leaving[person] = nil
            people[person]?.isOnline = false
            tellPresence(of: person, now: now)
            forgetIfGone(person)
        }
    }

    /// Nothing is kept of a person without sockets, call and grace.
    mutating func forgetIfGone(_ id: PersonID) {
        guard let person = people[id], person.sockets.isEmpty, person.call == nil, !person.isOnline else { return }
        people[id] = nil
    }

    private mutating func tellPresence(of person: PersonID, now: Int64) {
        let message = ServerMessage.presence(person: person, online: isOnline(person))
        for other in people.values where other.id != person && other.contacts.contains(person) {
            for id in other.sockets {
                if let connection = sockets[id]?.connection {
                    emit(.send(connection, sequence: nil, message))
                } else if sockets[id]?.presence.count ?? 0 < limits.replayPresence {
                    sockets[id]?.presence.insert(person)
                } else {
                    sockets[id]?.missedPresence = true
                }
            }
        }
    }
}
