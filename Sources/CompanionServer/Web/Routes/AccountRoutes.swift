import Companion
import HTTPTypes

/// How accounts begin, and their passwords.
struct AccountRoutes {
    let accounts: AccountService

    var routes: [Route] { [signUp, activate, resend, forgot, reset, change] }

    private var signUp: Route {
        Route(
            method: .post, path: "/accounts", access: .anyone,
            summary: "Makes an account; a key to activate it goes to the address. The answer is always the same.",
            input: .json(
                .object([
                    .required("email", .email), .required("password", .password), .required("name", .personName),
                    .optional("phone", .nullable(.text(bytes: 0...32))),
                ])), output: .json(status: 202, .status("check_mail")), refusals: [403], budget: .message
        ) { call in
            try await accounts.signUp(
                email: try call.text("email"), password: try call.text("password"), name: try call.text("name"),
                phone: call.body["phone"]?.text, address: call.address)
            return .json(["status": "check_mail"], status: 202)
        }
    }

    private var activate: Route {
        Route(
            method: .post, path: "/accounts/activate", access: .anyone,
            summary: "Activates an account with its key. Who was invited chooses the password here.",
            input: .json(
                .object([
                    .required("email", .email), .required("key", .text(bytes: 1...64)),
                    .optional("password", .nullable(.password)),
                ])), output: .json(status: 200, .status("active")), refusals: [403, 409], budget: .credential
        ) { call in
            try await accounts.activate(
                email: try call.text("email"), key: try call.text("key"), password: call.body["password"]?.text,
                address: call.address)
            return .json(["status": "active"])
        }
    }

    private var resend: Route {
        Route(
            method: .post, path: "/accounts/activation", access: .anyone,
            summary: "Sends a new key to an account that waits for one. The answer is always the same.",
            input: .json(.object([.required("email", .email)])), output: .json(status: 202, .status("check_mail")),
            budget: .message
        ) { call in
            try await accounts.resendActivation(email: try call.text("email"), address: call.address)
            return .json(["status": "check_mail"], status: 202)
        }
    }

    private var forgot: Route {
        Route(
            method: .post, path: "/password/forgot", access: .anyone,
            summary: "Sends a link to choose a new password. The answer is always the same.",
            input: .json(.object([.required("email", .email)])), output: .json(status: 202, .status("check_mail")),
            budget: .message
        ) { call in
            try await accounts.forgot(email: try call.text("email"), address: call.address)
            return .json(["status": "check_mail"], status: 202)
        }
    }

    private var reset: Route {
        Route(
            method: .post, path: "/password/reset", access: .anyone,
            summary: "Chooses a new password with the token of a link; all sessions end.",
            input: .json(
                .object([.required("token", .text(bytes: 1...128)), .required("password", .password)])),
            output: .json(status: 200, .status("changed")), refusals: [403], budget: .credential
        ) { call in
            try await accounts.reset(
                token: try call.text("token"), password: try call.text("password"), address: call.address)
            return .json(["status": "changed"])
        }
    }

    private var change: Route {
        Route(
            method: .post, path: "/password/change", access: .signedIn,
            summary: "Changes the password; all other sessions end.",
            input: .json(.object([.required("current", .password), .required("password", .password)])),
            output: .json(status: 200, .status("changed")), budget: .credential
        ) { call in
            try await accounts.changePassword(
                current: try call.text("current"), new: try call.text("password"), by: try call.person())
            return .json(["status": "changed"])
        }
    }
}
