// The compiler reads the files: as array literals in Swift, SwiftPM's .embedInCode, 200 KiB take it a minute.
#include "pages.h"
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char account_js[] = {
#embed "../CompanionServer/Pages/account.js"
};
static const unsigned char admin_allocations_js[] = {
#embed "../CompanionServer/Pages/admin-allocations.js"
};
static const unsigned char admin_audit_js[] = {
#embed "../CompanionServer/Pages/admin-audit.js"
};
static const unsigned char admin_calls_js[] = {
#embed "../CompanionServer/Pages/admin-calls.js"
};
static const unsigned char admin_credentials_js[] = {
#embed "../CompanionServer/Pages/admin-credentials.js"
};
static const unsigned char admin_outbox_js[] = {
#embed "../CompanionServer/Pages/admin-outbox.js"
};
static const unsigned char admin_people_js[] = {
#embed "../CompanionServer/Pages/admin-people.js"
};
static const unsigned char admin_relay_js[] = {
#embed "../CompanionServer/Pages/admin-relay.js"
};
static const unsigned char admin_sessions_js[] = {
#embed "../CompanionServer/Pages/admin-sessions.js"
};
static const unsigned char admin_css[] = {
#embed "../CompanionServer/Pages/admin.css"
};
static const unsigned char admin_html[] = {
#embed "../CompanionServer/Pages/admin.html"
};
static const unsigned char admin_js[] = {
#embed "../CompanionServer/Pages/admin.js"
};
static const unsigned char api_js[] = {
#embed "../CompanionServer/Pages/api.js"
};
static const unsigned char base_css[] = {
#embed "../CompanionServer/Pages/base.css"
};
static const unsigned char call_js[] = {
#embed "../CompanionServer/Pages/call.js"
};
static const unsigned char chat_js[] = {
#embed "../CompanionServer/Pages/chat.js"
};
static const unsigned char check_css[] = {
#embed "../CompanionServer/Pages/check.css"
};
static const unsigned char check_js[] = {
#embed "../CompanionServer/Pages/check.js"
};
static const unsigned char checkreport_js[] = {
#embed "../CompanionServer/Pages/checkreport.js"
};
static const unsigned char checksteps_js[] = {
#embed "../CompanionServer/Pages/checksteps.js"
};
static const unsigned char code_js[] = {
#embed "../CompanionServer/Pages/code.js"
};
static const unsigned char components_css[] = {
#embed "../CompanionServer/Pages/components.css"
};
static const unsigned char conversation_js[] = {
#embed "../CompanionServer/Pages/conversation.js"
};
static const unsigned char dialog_js[] = {
#embed "../CompanionServer/Pages/dialog.js"
};
static const unsigned char documents_js[] = {
#embed "../CompanionServer/Pages/documents.js"
};
static const unsigned char dom_js[] = {
#embed "../CompanionServer/Pages/dom.js"
};
static const unsigned char figures_js[] = {
#embed "../CompanionServer/Pages/figures.js"
};
static const unsigned char form_js[] = {
#embed "../CompanionServer/Pages/form.js"
};
static const unsigned char format_js[] = {
#embed "../CompanionServer/Pages/format.js"
};
static const unsigned char icetest_js[] = {
#embed "../CompanionServer/Pages/icetest.js"
};
static const unsigned char icons_svg[] = {
#embed "../CompanionServer/Pages/icons.svg"
};
static const unsigned char index_html[] = {
#embed "../CompanionServer/Pages/index.html"
};
static const unsigned char leaving_js[] = {
#embed "../CompanionServer/Pages/leaving.js"
};
static const unsigned char main_js[] = {
#embed "../CompanionServer/Pages/main.js"
};
static const unsigned char mark_svg[] = {
#embed "../CompanionServer/Pages/mark.svg"
};
static const unsigned char media_js[] = {
#embed "../CompanionServer/Pages/media.js"
};
static const unsigned char members_js[] = {
#embed "../CompanionServer/Pages/members.js"
};
static const unsigned char model_js[] = {
#embed "../CompanionServer/Pages/model.js"
};
static const unsigned char names_js[] = {
#embed "../CompanionServer/Pages/names.js"
};
static const unsigned char network_html[] = {
#embed "../CompanionServer/Pages/network.html"
};
static const unsigned char network_js[] = {
#embed "../CompanionServer/Pages/network.js"
};
static const unsigned char networksection_js[] = {
#embed "../CompanionServer/Pages/networksection.js"
};
static const unsigned char newroom_js[] = {
#embed "../CompanionServer/Pages/newroom.js"
};
static const unsigned char notice_js[] = {
#embed "../CompanionServer/Pages/notice.js"
};
static const unsigned char ownmedia_js[] = {
#embed "../CompanionServer/Pages/ownmedia.js"
};
static const unsigned char pagedtable_js[] = {
#embed "../CompanionServer/Pages/pagedtable.js"
};
static const unsigned char password_js[] = {
#embed "../CompanionServer/Pages/password.js"
};
static const unsigned char paths_js[] = {
#embed "../CompanionServer/Pages/paths.js"
};
static const unsigned char peer_js[] = {
#embed "../CompanionServer/Pages/peer.js"
};
static const unsigned char picker_js[] = {
#embed "../CompanionServer/Pages/picker.js"
};
static const unsigned char qr_js[] = {
#embed "../CompanionServer/Pages/qr.js"
};
static const unsigned char relaytest_js[] = {
#embed "../CompanionServer/Pages/relaytest.js"
};
static const unsigned char remedies_js[] = {
#embed "../CompanionServer/Pages/remedies.js"
};
static const unsigned char ringing_js[] = {
#embed "../CompanionServer/Pages/ringing.js"
};
static const unsigned char route_js[] = {
#embed "../CompanionServer/Pages/route.js"
};
static const unsigned char secondstep_js[] = {
#embed "../CompanionServer/Pages/secondstep.js"
};
static const unsigned char section_js[] = {
#embed "../CompanionServer/Pages/section.js"
};
static const unsigned char sidebar_js[] = {
#embed "../CompanionServer/Pages/sidebar.js"
};
static const unsigned char signin_css[] = {
#embed "../CompanionServer/Pages/signin.css"
};
static const unsigned char signin_js[] = {
#embed "../CompanionServer/Pages/signin.js"
};
static const unsigned char socket_js[] = {
#embed "../CompanionServer/Pages/socket.js"
};
static const unsigned char stage_css[] = {
#embed "../CompanionServer/Pages/stage.css"
};
static const unsigned char stage_js[] = {
#embed "../CompanionServer/Pages/stage.js"
};
static const unsigned char start_js[] = {
#embed "../CompanionServer/Pages/start.js"
};
static const unsigned char table_js[] = {
#embed "../CompanionServer/Pages/table.js"
};
static const unsigned char tokens_css[] = {
#embed "../CompanionServer/Pages/tokens.css"
};
static const unsigned char topbar_js[] = {
#embed "../CompanionServer/Pages/topbar.js"
};
static const unsigned char upload_js[] = {
#embed "../CompanionServer/Pages/upload.js"
};
static const unsigned char wake_js[] = {
#embed "../CompanionServer/Pages/wake.js"
};
static const unsigned char workspace_css[] = {
#embed "../CompanionServer/Pages/workspace.css"
};

#define PAGE(name, bytes) {name, bytes, sizeof bytes}

const cpages_file *cpages_files(void) {
    static const cpages_file files[] = {
        PAGE("account.js", account_js),
        PAGE("admin-allocations.js", admin_allocations_js),
        PAGE("admin-audit.js", admin_audit_js),
        PAGE("admin-calls.js", admin_calls_js),
        PAGE("admin-credentials.js", admin_credentials_js),
        PAGE("admin-outbox.js", admin_outbox_js),
        PAGE("admin-people.js", admin_people_js),
        PAGE("admin-relay.js", admin_relay_js),
        PAGE("admin-sessions.js", admin_sessions_js),
        PAGE("admin.css", admin_css),
        PAGE("admin.html", admin_html),
        PAGE("admin.js", admin_js),
        PAGE("api.js", api_js),
        PAGE("base.css", base_css),
        PAGE("call.js", call_js),
        PAGE("chat.js", chat_js),
        PAGE("check.css", check_css),
        PAGE("check.js", check_js),
        PAGE("checkreport.js", checkreport_js),
        PAGE("checksteps.js", checksteps_js),
        PAGE("code.js", code_js),
        PAGE("components.css", components_css),
        PAGE("conversation.js", conversation_js),
        PAGE("dialog.js", dialog_js),
        PAGE("documents.js", documents_js),
        PAGE("dom.js", dom_js),
        PAGE("figures.js", figures_js),
        PAGE("form.js", form_js),
        PAGE("format.js", format_js),
        PAGE("icetest.js", icetest_js),
        PAGE("icons.svg", icons_svg),
        PAGE("index.html", index_html),
        PAGE("leaving.js", leaving_js),
        PAGE("main.js", main_js),
        PAGE("mark.svg", mark_svg),
        PAGE("media.js", media_js),
        PAGE("members.js", members_js),
        PAGE("model.js", model_js),
        PAGE("names.js", names_js),
        PAGE("network.html", network_html),
        PAGE("network.js", network_js),
        PAGE("networksection.js", networksection_js),
        PAGE("newroom.js", newroom_js),
        PAGE("notice.js", notice_js),
        PAGE("ownmedia.js", ownmedia_js),
        PAGE("pagedtable.js", pagedtable_js),
        PAGE("password.js", password_js),
        PAGE("paths.js", paths_js),
        PAGE("peer.js", peer_js),
        PAGE("picker.js", picker_js),
        PAGE("qr.js", qr_js),
        PAGE("relaytest.js", relaytest_js),
        PAGE("remedies.js", remedies_js),
        PAGE("ringing.js", ringing_js),
        PAGE("route.js", route_js),
        PAGE("secondstep.js", secondstep_js),
        PAGE("section.js", section_js),
        PAGE("sidebar.js", sidebar_js),
        PAGE("signin.css", signin_css),
        PAGE("signin.js", signin_js),
        PAGE("socket.js", socket_js),
        PAGE("stage.css", stage_css),
        PAGE("stage.js", stage_js),
        PAGE("start.js", start_js),
        PAGE("table.js", table_js),
        PAGE("tokens.css", tokens_css),
        PAGE("topbar.js", topbar_js),
        PAGE("upload.js", upload_js),
        PAGE("wake.js", wake_js),
        PAGE("workspace.css", workspace_css),
        {0, 0, 0},
    };
    return files;
}
