import Companion

/// All routes of the API. The router and the API document are made from this table alone.
enum RouteTable {
    static func make(_ core: CompanionCore, _ services: CompanionServices) -> [Route] {
        AccountRoutes(accounts: services.accounts).routes
            + SessionRoutes(sessions: services.sessions).routes
            + MeRoutes(core: core, accounts: services.accounts).routes
            + RoomRoutes(
                accounts: services.accounts, rooms: services.rooms, messages: services.messages, hub: services.hub
            ).routes
            + DocumentRoutes(documents: services.documents).routes
            + RelayRoutes(relayAccess: services.relayAccess).routes
            + AdminPeopleRoutes(accounts: services.accounts, sessions: services.sessions, hub: services.hub).routes
            + AdminCallRoutes(core: core, accounts: services.accounts, hub: services.hub).routes
            + AdminLogRoutes(core: core, keeper: services.audit, mail: services.mail).routes
    }
}
