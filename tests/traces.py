"""A trace of each language but Python as its runtime prints it; ``@`` stands for a digit that differs each time."""

from __future__ import annotations

TRACES = {
    "java": """java.lang.IllegalStateException: order 12 failed
\tat com.shop.OrderService.place(OrderService.java:42)
\tat java.base/java.lang.reflect.Method.invoke(Method.java:566)
\tat com.shop.Main.main(Main.java:10)
Caused by: java.sql.SQLException: timeout: 30s
\tat com.shop.Db.query(Db.java:7)
\t... 2 more""",
    "node": """TypeError: Cannot read properties of undefined (reading 'id')
    at getUser (/srv/app/src/users.js:10:15)
    at async /srv/app/src/server.js:20:3
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)""",
    "go": """panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x48f2c1]

goroutine 1 [running]:
github.com/shop/cart.(*Cart).Total(0xc0000@, 0x3)
\t/srv/app/cart.go:12 +0x1d
main.main()
\t/srv/app/main.go:8 +0x25
exit status 2""",
    "go's net/http": """http: panic serving 10.0.0.7:512@: runtime error: index out of range [5] with length 3
goroutine 5@ [running]:
net/http.(*conn).serve.func1()
\t/usr/local/go/src/net/http/server.go:1868 +0xb9
panic({0x6543a0?, 0xc0000@})
\t/usr/local/go/src/runtime/panic.go:920 +0x270
main.pay({0x7c, 0x1}, 0xc0000@)
\t/build/cmd/api/main.go:77 +0x2d""",
    "rust": """thread 'main' panicked at src/cart.rs:14:9:
index out of bounds: the len is 3 but the index is 5
stack backtrace:
   0: rust_begin_unwind
             at /rustc/abc/library/std/src/panicking.rs:645:5
   1: shop::cart::total::h0123456789abcdef
             at ./src/cart.rs:14:9
   2: shop::main
             at ./src/main.rs:4:5
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.""",
    "dotnet": """System.InvalidOperationException: order 12 failed
   at Shop.Cart.Total(Int32 id) in /src/Shop/Cart.cs:line 12
   at Shop.Api.CartController.Get(Int32 id) in /src/Shop/Api/CartController.cs:line 7
   at Microsoft.AspNetCore.Mvc.Infrastructure.ActionMethodExecutor.Execute(Object x)""",
    "php": """PHP Fatal error:  Uncaught RuntimeException: order 12 failed in /srv/app/src/Cart.php:12
Stack trace:
#0 /srv/app/src/Page.php(40): Shop\\Cart->total(3)
#1 /srv/app/index.php(5): Shop\\Page->show()
#2 {main}
  thrown in /srv/app/src/Cart.php on line 12""",
    "ruby": """/srv/app/cart.rb:12:in `total': undefined method `price' for nil (NoMethodError)
\tfrom /srv/app/page.rb:5:in `show'
\tfrom /srv/app/main.rb:9:in `<main>'""",
    "rails": """NoMethodError (undefined method `price' for nil:NilClass):

app/models/cart.rb:12:in `total'
app/controllers/carts_controller.rb:7:in `show'""",
}
DEEPEST = {
    "java": ("java.lang.IllegalStateException", "com/shop/OrderService.java", 42, "com.shop.OrderService.place"),
    "node": ("TypeError", "/srv/app/src/users.js", 10, "getUser"),
    "go": ("panic", "/srv/app/cart.go", 12, "github.com/shop/cart.(*Cart).Total"),
    "go's net/http": ("panic", "/build/cmd/api/main.go", 77, "main.pay"),
    "rust": ("panic", "./src/cart.rs", 14, "shop::cart::total"),
    "dotnet": ("System.InvalidOperationException", "/src/Shop/Cart.cs", 12, "Shop.Cart.Total"),
    "php": ("RuntimeException", "/srv/app/src/Cart.php", 12, "Shop\\Cart->total"),
    "ruby": ("NoMethodError", "/srv/app/cart.rb", 12, "total"),
    "rails": ("NoMethodError", "app/models/cart.rb", 12, "total"),
}
"""The exception's type; file, line and function of the innermost frame that is the project's own."""
