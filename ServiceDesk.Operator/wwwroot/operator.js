// Times in the viewer's zone; the absolute one, in UTC, is the element's title and its text for copying.
class LocalTime extends HTMLElement {
    static observedAttributes = ["datetime"];

    connectedCallback() { this.show(); }

    attributeChangedCallback() { this.show(); }

    show() {
        const at = new Date(this.getAttribute("datetime"));
        const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
        const isToday = at.toDateString() === new Date().toDateString();
        root.textContent = Number.isNaN(at.valueOf()) ? this.textContent : at.toLocaleString(undefined, isToday
            ? { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }
            : { year: "numeric", month: "short", day: "numeric",
                hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
    }
}

class LocalZone extends HTMLElement {
    connectedCallback() {
        const format = new Intl.DateTimeFormat("en", { timeZoneName: "longOffset" });
        const offset = format.formatToParts(new Date()).find(part => part.type === "timeZoneName").value;
        this.attachShadow({ mode: "open" }).textContent = `${format.resolvedOptions().timeZone} (${offset})`;
    }
}

customElements.define("local-time", LocalTime);
customElements.define("local-zone", LocalZone);

// Minutes from the viewer's time to UTC, as Date has it.
window.operatorZone = () => new Date().getTimezoneOffset();
