"""The second step is switched off: by its owner, with password and code; by an administrator for who lost the phone."""

import conftest


def test_its_owner_switches_it_off(browser, platform, window):
    person = conftest.admit(browser, platform, "Nora Second", "nora@hospital.example", second_step=True)
    desk = window(person)
    desk.button("Your account", exact=False).click()
    desk.button("Switch it off").click()
    desk.field("Your password").fill(person.password)
    desk.field("Code from the app, or a recovery code").fill("000000")
    desk.button("Switch it off").click()
    desk.page.get_by_role("alert").wait_for()
    desk.field("Code from the app, or a recovery code").fill(person.codes[0])
    desk.button("Switch it off").click()
    desk.button("Set it up").wait_for()
    desk.button("Close").click()
    desk.button("Sign out").click()
    desk.field("E-mail address").wait_for()
    desk.sign_in(person.email, person.password)
    desk.check()


def test_an_administrator_switches_it_off_for_who_lost_the_phone(browser, platform, administrator, window):
    person = conftest.admit(browser, platform, "Olaf Lost", "olaf@hospital.example", second_step=True)
    console = window(administrator, "/admin#people")
    console.button(f"Manage {person.name}").click()
    console.button("Switch it off").click()
    console.field("Your own password").fill(administrator.password)
    console.page.get_by_role("dialog").last.get_by_role("button", name="Switch it off", exact=True).click()
    console.page.get_by_text("Second step switched off").wait_for()
    console.check()
    desk = window()
    desk.sign_in(person.email, person.password)
    desk.check()
