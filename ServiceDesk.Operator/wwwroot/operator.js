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
            : { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
    }
}

customElements.define("local-time", LocalTime);

// Minutes from the viewer's time to UTC, as Date has it.
window.operatorZone = () => new Date().getTimezoneOffset();
