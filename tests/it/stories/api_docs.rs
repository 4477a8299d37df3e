//! The API as a page: all of it comes from here, and the page may do what it needs and no more.

use crate::world::{Caller, World};

#[tokio::test]
async fn the_page_of_the_api_comes_whole_with_the_program_and_under_a_policy_of_its_own() {
    let world = World::new().await;
    let moved = world.get(&Caller::Nobody, "/api/docs").await;
    assert_eq!((moved.status, moved.header("location")), (308, Some("/api/docs/")));
    let page = world.get(&Caller::Nobody, "/api/docs/").await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").unwrap();
    for rule in
        ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]
    {
        assert!(policy.split("; ").any(|it| it == rule), "{rule}");
    }
    let named: Vec<_> = ["src=\"", "href=\""]
        .iter()
        .flat_map(|word| page.text.split(word).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(named.len() >= 4, "{named:?}");
    for name in named {
        let file = name.strip_prefix("./").unwrap_or(name);
        assert!(!file.contains(':') && !file.starts_with('/'), "{name} is from elsewhere");
        assert_eq!(
            world.get(&Caller::Nobody, &format!("/api/docs/{file}")).await.status,
            200,
            "{name}"
        );
    }
    let begin = world.get(&Caller::Nobody, "/api/docs/swagger-initializer.js").await;
    assert!(begin.text.contains("/api/openapi.json"), "it reads our document");
    world.get(&Caller::Nobody, "/api/docs/nothing.js").await.refused(404, "NOT_FOUND");
}
