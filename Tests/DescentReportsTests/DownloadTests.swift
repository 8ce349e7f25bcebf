import DescentReports
import Testing

struct DownloadTests {
  private func html(_ text: String) -> String {
    let file = HTMLPage.Download(name: "a \"b\".csv", type: "text/csv", label: "the <data>", text: text)
    return HTMLPage(title: "t", sections: [HTMLPage.Section("s", [.download(file)])]).render()
  }

  @Test func `A file is kept in the page, every byte told`() {
    let html = html("rate,loss\n0.1,é\"<")
    #expect(html.contains("href=\"data:text/csv;charset=utf-8,rate,loss%0A0.1,%C3%A9%22%3C\""))
    #expect(html.contains("download=\"a &quot;b&quot;.csv\"") && html.contains(">the &lt;data&gt;</a>"))
  }

  @Test func `It is not printed`() { #expect(html("").contains(".download{display:none}}")) }

  @Test func `A table whose headings say nothing has no row of them`() {
    func page(_ columns: [String]) -> String {
      HTMLPage(
        title: "t", sections: [HTMLPage.Section("s", [.table(HTMLPage.Table(columns: columns, rows: [["a", "1"]]))])]
      ).render()
    }
    #expect(!page(["", ""]).contains("<thead>") && page(["", "x"]).contains("<thead>"))
  }
}
