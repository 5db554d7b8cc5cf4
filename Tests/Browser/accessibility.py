"""What axe-core, the field's rules engine, finds in a page as it stands."""

from axe_playwright_python.sync_playwright import Axe

# WCAG 2.2 A and AA, and what axe-core calls best practice.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# All that differs where only the colours do.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
axe = Axe()


def assert_accessible(page, what, rules=RULES):
    findings = axe.run(page, options=rules).response["violations"]
    told = [
        f"{what}: {finding['id']} ({finding['impact']}): {finding['help']}\n    "
        + "\n    ".join(f"{node['html'][:160]} {[check['message'] for check in node['any']][:2]}"
                        for node in finding["nodes"][:4])
        for finding in findings]
    assert not told, "\n".join(told)
