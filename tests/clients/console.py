"""A browser uses the console as people do: python console.py URL, with USER and PASSWORD in the environment.

Where SCREENSHOTS names a folder, pictures of the main pages are left there.
"""

import os
import pathlib
import sys
import tempfile
import time

from selenium import webdriver
from selenium.common.exceptions import (
    NoSuchElementException,
    StaleElementReferenceException,
    TimeoutException,
)
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

URL = sys.argv[1]
USER, PASSWORD = os.environ["CONSOLE_USER"], os.environ["CONSOLE_PASSWORD"]
SCREENSHOTS = os.environ.get("SCREENSHOTS")
PATIENCE = 30


class Browser:
    """A browser with nothing in it that could be left behind."""

    def __init__(self, folder, scripts=True, width=1280, height=900):
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]:
            options.add_argument(argument)
        options.add_argument(f"--user-data-dir={folder}/{'' if scripts else 'no-'}scripts-{width}")
        options.add_argument(f"--window-size={width},{height}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        preferences = {"download.default_directory": str(folder)}
        if not scripts:
            preferences["profile.managed_default_content_settings.javascript"] = 2
        options.add_experimental_option("prefs", preferences)
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.driver.execute_cdp_cmd(
            "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)}
        )

    def log_in(self):
        scheme, place = URL.split("://")
        self.driver.get(f"{scheme}://{USER}:{PASSWORD}@{place}/api?force_auth=1")
        self.open("/api")
        assert f"Logged in as {USER}" in self.text(), self.text()

    def open(self, path):
        self.driver.get(URL + path)

    def text(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    def heading(self):
        return self.driver.find_element(By.TAG_NAME, "h1").text

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def wait(self, condition, what):
        def held(_):
            try:
                return condition()
            except (NoSuchElementException, StaleElementReferenceException):
                return False

        try:
            WebDriverWait(self.driver, PATIENCE, poll_frequency=0.1).until(held)
        except TimeoutException:
            raise AssertionError(f"{what}\n{self.text()}") from None

    def is_at(self, heading):
        self.wait(lambda: self.heading() == heading, f"not at {heading}")

    def choose(self, words):
        """Follows the link, or presses the button, of these words."""
        path = f"//main//a[normalize-space()='{words}'] | //main//button[normalize-space()='{words}']"
        self.driver.find_element(By.XPATH, path).click()

    def confirm(self, words):
        """Says yes in the dialog that comes up."""
        self.wait(lambda: self.driver.find_elements(By.CSS_SELECTOR, "dialog[open]"), "no dialog")
        assert self.driver.switch_to.active_element.text == "Cancel", "the harmless answer is not the first"
        self.find("dialog[open] button.danger").click()

    def fill(self, **fields):
        for name, value in fields.items():
            field = self.driver.find_element(By.NAME, name)
            if field.tag_name == "select":
                Select(field).select_by_value(value)
            else:
                field.clear()
                field.send_keys(value)

    def comes_to(self, state):
        """Waits for a state that the page shows by itself: nobody loads it again."""
        self.wait(lambda: self.find(".title .pill").text == state, f"never {state}")

    def shoot(self, name):
        if SCREENSHOTS:
            self.driver.save_screenshot(f"{SCREENSHOTS}/{name}.png")

    def complaints(self):
        """What the browser has to say against the pages, but for the statuses that it was to see."""
        said = [entry["message"] for entry in self.driver.get_log("browser")]
        return [message for message in said if "the server responded with a status of" not in message]


def instance_lives_and_dies(browser):
    browser.open("/api/instances")
    assert browser.heading() == "Instances"
    browser.shoot("instances")
    browser.choose("New instance")
    browser.is_at("New instance")
    browser.shoot("new-instance")
    every_field_is_labelled(browser)
    browser.fill(image_id="img1", name="by-hand", hwp_id="m1-large")
    browser.choose("Create instance")
    browser.is_at("by-hand")
    browser.comes_to("RUNNING")
    browser.shoot("instance")
    place = browser.driver.current_url
    browser.choose("Stop")
    browser.comes_to("STOPPED")
    browser.choose("Start")
    browser.comes_to("RUNNING")
    browser.choose("Metrics")
    browser.wait(lambda: browser.find("svg.chart polyline"), "no chart")
    browser.shoot("metrics")
    browser.driver.get(place)
    browser.choose("Stop")
    browser.comes_to("STOPPED")
    browser.choose("Destroy")
    browser.shoot("confirm")
    browser.confirm("Destroy")
    browser.is_at("Instances")
    assert "by-hand" not in browser.text(), browser.text()


def volume_is_attached(browser):
    browser.open("/api/storage_volumes/new")
    browser.fill(capacity="2")
    browser.choose("Create storage volume")
    browser.comes_to("AVAILABLE")
    browser.choose("Attach")
    browser.wait(lambda: browser.find("[name=instance_id]"), "no form")
    browser.fill(instance_id="inst1", device="/dev/sdq")
    browser.choose("Attach")
    browser.comes_to("IN-USE")
    assert "inst1" in browser.find("main dl").text, browser.text()
    browser.choose("Detach")
    browser.comes_to("AVAILABLE")


def blob_goes_up_and_down(browser, folder):
    sent = folder / "sent.bin"
    sent.write_bytes(os.urandom(3 << 20))
    browser.open("/api/buckets/bucket1")
    browser.shoot("bucket")
    browser.choose("Upload blob")
    browser.wait(lambda: browser.find("[name=blob_id]"), "no form")
    every_field_is_labelled(browser)
    browser.fill(blob_id="by-hand.bin", blob_data=str(sent))
    browser.choose("Upload blob")
    browser.is_at("by-hand.bin")
    assert str(3 << 20) in browser.text(), browser.text()
    browser.choose("Download")
    got = folder / "by-hand.bin"
    deadline = time.monotonic() + PATIENCE
    while not (got.exists() and got.read_bytes() == sent.read_bytes()):
        assert time.monotonic() < deadline, f"what came down is not what went up: {list(folder.iterdir())}"
        time.sleep(0.05)
    browser.choose("Destroy blob")
    browser.confirm("Destroy blob")
    browser.is_at("bucket1")
    assert "by-hand.bin" not in browser.text()


def errors_are_seen(browser):
    browser.open("/api/instances/nosuch")
    assert browser.heading() == "There is nothing here" and "nosuch" in browser.text(), browser.text()
    browser.shoot("error")
    browser.open("/api/load_balancers/new")
    browser.fill(name="kept")
    browser.driver.execute_script("document.querySelector('form.fields').noValidate = true")
    browser.choose("Create load balancer")
    browser.wait(lambda: browser.find("[aria-invalid=true]"), "nothing is wrong")
    wrong = browser.find("[aria-invalid=true]")
    assert wrong == browser.driver.switch_to.active_element, "the wrong field is not where one starts"
    said = browser.driver.find_element(By.ID, wrong.get_attribute("aria-describedby").split()[0])
    assert said.text == "This has to be filled in", said.text
    assert browser.find("[name=name]").get_attribute("value") == "kept"
    browser.shoot("wrong")


def keyboard_is_enough(browser):
    browser.open("/api/images")
    browser.find("body").send_keys(Keys.TAB)
    skip = browser.driver.switch_to.active_element
    assert skip.text == "Skip to the content", skip.text
    skip.send_keys(Keys.ENTER)
    assert browser.driver.current_url.endswith("#content")
    browser.driver.switch_to.active_element.send_keys(Keys.TAB)
    assert browser.driver.switch_to.active_element.text == "Home"


def every_field_is_labelled(browser):
    unlabelled = browser.driver.execute_script(
        "return [...document.querySelectorAll('main input:not([type=hidden]), main select, main textarea')]"
        ".filter(field => !field.labels.length).map(field => field.name)"
    )
    assert unlabelled == [], unlabelled


def phone_shows_it_all(browser):
    browser.driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True},
    )
    for path in ["", "/instances", "/instances/inst1", "/instances/new", "/metrics/inst1", "/buckets/bucket1"]:
        browser.open(f"/api{path}")
        width = browser.driver.execute_script("return document.documentElement.scrollWidth")
        assert width <= 390, f"{path} is {width} wide"
        browser.shoot(f"phone{path.replace('/', '-')}")
    menu = browser.find(".menu summary")
    assert not browser.find(".menu a").is_displayed()
    menu.click()
    browser.find(".menu a").click()
    browser.is_at("Instances")


def dark_is_dark(browser):
    browser.driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    )
    for path in ["", "/instances", "/instances/inst1", "/metrics/inst1"]:
        browser.open(f"/api{path}")
        ground = browser.find("body").value_of_css_property("background-color")
        assert ground == "rgba(15, 20, 27, 1)", ground
        browser.shoot(f"dark{path.replace('/', '-')}")


def scripts_are_not_needed(browser):
    browser.log_in()
    browser.open("/api/keys/new")
    browser.fill(name="without-scripts")
    browser.choose("Create key")
    browser.is_at("without-scripts")
    assert "Keep this private key now" in browser.text(), browser.text()
    browser.open("/api/keys/without-scripts")
    browser.choose("Destroy")
    browser.is_at("Destroy key without-scripts?")
    browser.choose("Destroy")
    browser.is_at("Keys")
    assert "without-scripts" not in browser.text(), browser.text()


def main():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name)
        browser = Browser(folder)
        try:
            browser.open("/api")
            assert browser.driver.find_elements(By.LINK_TEXT, "Log in"), browser.text()
            browser.log_in()
            browser.shoot("home")
            instance_lives_and_dies(browser)
            volume_is_attached(browser)
            blob_goes_up_and_down(browser, folder)
            errors_are_seen(browser)
            keyboard_is_enough(browser)
            dark_is_dark(browser)
            phone_shows_it_all(browser)
            assert browser.complaints() == [], browser.complaints()
        finally:
            browser.driver.quit()
        browser = Browser(folder, scripts=False)
        try:
            scripts_are_not_needed(browser)
        finally:
            browser.driver.quit()


main()
